/** TLS between members, and between them and clients: real certificates, good and bad. */

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { etcd, serverForTests } from "@engenho/testbed";
import type { BackendError } from "@engenho/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRaftBackend, type RaftBackendOptions } from "../src/index.ts";
import { makeAuthority } from "./certificates.ts";
import { openMember, planNodes, refusalOf } from "./member-support.ts";
import { configMap, contentOf, failureOf } from "./support.ts";

const server = await serverForTests(etcd);
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const problem = "SKIPPED TLS: certificates are made by openssl, which is not there";
if (!hasOpenssl && process.env["CI"] === "true") throw new Error(problem);
if (!hasOpenssl) console.warn(problem);
const canRun = server !== undefined && hasOpenssl;
const loopback = "IP:127.0.0.1,DNS:localhost";

/** A node of a cluster of one, and what its clients need. */
async function openNode() {
  const tls = makeAuthority()(loopback);
  const [node] = await planNodes(1, "https");
  if (node === undefined) throw new Error("there is one");
  await openMember({ ...node, tls });
  return { node, tls };
}

/** A store over what a node runs. */
async function openClient(endpoint: string, tls: RaftBackendOptions["tls"], timeoutMs = 3_000) {
  const options = { endpoints: [endpoint], prefix: "engenho", timeoutMs };
  const store = await createRaftBackend(tls === undefined ? options : { ...options, tls });
  onTestFinished(() => store.close());
  return store;
}

describe.skipIf(!canRun)("with TLS", { timeout: 60_000 }, () => {
  test("three members found a cluster, and outsiders with a certificate are let in", async () => {
    const authority = makeAuthority();
    const nodes = await planNodes(3, "https");
    const stores = await Promise.all(
      nodes.map((node) => openMember({ ...node, tls: authority(loopback) })),
    );
    await stores[0]?.apply("json", configMap("one", "1"));
    const contents = await Promise.all(stores.map(contentOf));
    expect(contents).toEqual([{ one: "1" }, { one: "1" }, { one: "1" }]);
    const client = await openClient(nodes[1]?.clientUrl ?? "", authority(loopback));
    expect(await contentOf(client)).toEqual({ one: "1" });
  });

  test("a client with another authority hears that the member is not trusted", async () => {
    const { node, tls } = await openNode();
    const { ca } = makeAuthority()(loopback);
    const { ca: _, ...own } = tls;
    // The time may run out in the middle of an attempt: that is not what is said.
    for (const [timeoutMs, other] of [
      [3_000, { ...tls, ca }],
      [3_200, own],
      [4_600, own],
    ] as const) {
      const failure = await failureOf(openClient(node.clientUrl, other, timeoutMs));
      expect(failure).toMatchObject({ code: "unavailable", verb: "open", retryable: false });
      expect(failure.message).toContain("not one of `tls.ca` for this host");
    }
  });

  test("a client without a certificate, or with a stranger's, is not let in", async () => {
    const { node, tls } = await openNode();
    const stranger = makeAuthority()(loopback);
    for (const other of [{ ca: tls.ca }, { ...stranger, ca: tls.ca }]) {
      const failure = await failureOf(openClient(node.clientUrl, other));
      expect(failure).toMatchObject({ code: "permission_denied", retryable: false });
      expect(failure.message).toContain("`tls.cert` and `tls.key`");
    }
  });

  test("a client that speaks plainly gets nowhere", async () => {
    const { node } = await openNode();
    const plain = node.clientUrl.replace("https", "http");
    expect(await failureOf(openClient(plain, undefined))).toMatchObject({ code: "unavailable" });
  });

  test("a certificate for another host is refused at once by the node itself", async () => {
    const [node] = await planNodes(1, "https");
    if (node === undefined) throw new Error("there is one");
    const failure = await refusalOf({ ...node, tls: makeAuthority()("DNS:elsewhere.example") });
    expect(failure).toMatchObject({ code: "unavailable", retryable: false });
    expect(failure.message).toContain("for this host");
  });

  test("a member of another authority does not become one of the cluster", async () => {
    const [patient, hasty] = await planNodes(2, "https");
    if (patient === undefined || hasty === undefined) throw new Error("there are two");
    const refused = (node: typeof patient, startTimeoutMs: number): Promise<BackendError> =>
      refusalOf({ ...node, tls: makeAuthority()(loopback), startTimeoutMs });
    const failures = await Promise.all([refused(hasty, 6_000), refused(patient, 9_000)]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "unavailable", verb: "open" });
      expect(failure.message).toContain("not one of a quorum yet");
    }
    // The other one may say at its end that this one is gone.
    expect(failures[0]?.message).toContain("certificate");
  });

  test("what is no certificate is a TypeError, for clients and nodes", async () => {
    const { key } = makeAuthority()(loopback);
    const tls = { ...makeAuthority()(loopback), key };
    const [node] = await planNodes(1, "https");
    if (node === undefined) throw new Error("there is one");
    await expect(openClient("https://127.0.0.1:1", tls)).rejects.toThrow(/^tls must be/);
    await expect(openMember({ ...node, tls })).rejects.toThrow(/^tls must be/);
  });

  test("the key that etcd reads is nobody else's to read", async () => {
    const { node } = await openNode();
    expect(statSync(join(node.logDir, "tls/key.pem")).mode & 0o077).toBe(0);
  });
});
