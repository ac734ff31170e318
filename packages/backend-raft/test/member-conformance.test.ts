/** The core requirements over stores that each run a member of their own. */

import { join } from "node:path";
import { defineSubject, requirements, samplesFrom, type StoreContext } from "@engenho/conformance";
import { conformance } from "@engenho/conformance/vitest";
import { BackendError, type StoreBackend } from "@engenho/sdk";
import { etcd, freePorts, serverForTests } from "@engenho/testbed";
import { expect, test } from "vitest";
import { createRaftBackend, type RaftMemberOptions } from "../src/index.ts";

const server = await serverForTests(etcd);
/**
 * They need what a member leaves at one instant, while it goes on: a copy of its directory would have its addresses too.
 * The cluster's subject is judged by them (conformance.ts), and member.test.ts kills members.
 */
const suddenEnds: ReadonlySet<string> = new Set(["CORE-102", "CORE-103"]);
/** Where each store's member listens for clients. */
const clientUrls = new Map<string, string>();

test("there is an etcd to judge it on", ({ skip }) => {
  skip(server === undefined, "there is no etcd");
  expect(server?.name).toBe("etcd");
});

if (server !== undefined) {
  const subject = defineSubject({
    name: "etcd-raft member",
    open: async (context) => createRaftBackend(await planStore(context, server.path)),
    reopen: async (context) => {
      const { peers: _, ...node } = await planStore(context, server.path);
      return createRaftBackend(node).catch((error: unknown) => beside(context, error));
    },
    samples: samplesFrom(new URL("../../../examples/manifests", import.meta.url)),
  });
  conformance(subject, {
    requirements: requirements.filter(
      ({ id, profile }) => profile === "core" && !suddenEnds.has(id),
    ),
  });
}

async function planStore({ directory }: StoreContext, path: string): Promise<RaftMemberOptions> {
  const [clientPort, peerPort] = await freePorts(2);
  const clientUrl = clientUrls.get(directory) ?? `http://127.0.0.1:${clientPort}`;
  clientUrls.set(directory, clientUrl);
  return {
    nodeId: 1,
    peers: { 1: `http://127.0.0.1:${peerPort}` },
    clientUrl,
    logDir: join(directory, "member"),
    etcd: path,
    // Nothing here loses power.
    flags: ["--heartbeat-interval=20", "--election-timeout=200", "--unsafe-no-fsync"],
  };
}

/** A directory has one member; a second handle comes in as any client does. */
async function beside({ directory }: StoreContext, error: unknown): Promise<StoreBackend> {
  if (!BackendError.is(error, "locked")) throw error;
  return createRaftBackend({ endpoints: [clientUrls.get(directory) ?? ""], prefix: "engenho" });
}
