/** Users and tokens: a real cluster that asks who one is, and forgets it or thinks anew of it. */

import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEnvelope, type Revision, type StoredEntry } from "@engenho/sdk";
import {
  etcd,
  type EtcdCluster,
  type EtcdClusterOptions,
  serverForTests,
  startEtcd,
} from "@engenho/testbed";
import { describe, expect, onTestFinished, test } from "vitest";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, contentOf, failureOf, follow, gateway, open } from "./support.ts";

const server = await serverForTests(etcd);

const auth = { username: "root", password: "secret-word" };
const credentials = { name: auth.username, password: auth.password };

/** A cluster that asks for a user. */
async function start(flags: readonly string[] = []): Promise<EtcdCluster> {
  const cluster = await startOpen({ flags });
  await askForUsers(cluster);
  return cluster;
}

/** One that asks nobody. */
async function startOpen(options: Omit<EtcdClusterOptions, "server">): Promise<EtcdCluster> {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ ...options, server });
  onTestFinished(() => cluster.close(), 30_000);
  return cluster;
}

async function askForUsers(cluster: EtcdCluster): Promise<void> {
  const endpoint = endpointOf(cluster);
  await gateway(endpoint, "auth/user/add", credentials);
  await gateway(endpoint, "auth/user/grant", { user: "root", role: "root" });
  await gateway(endpoint, "auth/enable", {});
}

function endpointOf({ endpoints: [endpoint = ""] }: EtcdCluster): string {
  return endpoint;
}

/** What takes a user, by one that is asked for now. */
async function administer(cluster: EtcdCluster, path: string, body: object): Promise<void> {
  const endpoint = endpointOf(cluster);
  const { token } = (await gateway(endpoint, "auth/authenticate", credentials)) as {
    readonly token: string;
  };
  const headers = { authorization: token };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}/v3/${path}`, init);
  expect(response.status).toBe(200);
}

/** A driver that asks the member with this index, and must ask it for a token again. */
async function openWithoutToken(cluster: EtcdCluster, index: number, timeoutMs: number) {
  const client = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs, auth });
  onTestFinished(() => client.close());
  const driver = new RaftDriver(client, layoutOf("test"));
  await driver.load();
  while (client.endpoint !== cluster.endpoints[index]) client.leave(client.endpoint);
  await driver.sync(); // connected
  client.forgetToken();
  return driver;
}

/** What a driver stores. */
function entryOf(name: string): StoredEntry {
  const ref = { kind: "ConfigMap", name };
  const envelope = encodeEnvelope({ ref, format: "json", payload: configMap(name) });
  return { ref, envelope, revision: "1" as Revision };
}

/** Flags for tokens that carry the revision of the users which they were made at. */
async function jwtFlags(): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), "engenho-jwt-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const [pub, priv] = [join(directory, "pub.pem"), join(directory, "priv.pem")];
  await writeFile(pub, publicKey);
  await writeFile(priv, privateKey);
  return ["--auth-token", `jwt,pub-key=${pub},priv-key=${priv},sign-method=RS256,ttl=1h`];
}

describe.skipIf(server === undefined)("a store with a user", { timeout: 60_000 }, () => {
  test("follows a member that has forgotten its token, though nobody asks it anything", async () => {
    const cluster = await start();
    const reader = await open(cluster, { auth, reads: "read-your-writes" });
    const { state } = follow(await reader.watch("ConfigMap", undefined, "json"));
    // In peace: what it has not saved, it would do again when it begins, and know the token.
    await cluster.members[0]?.kill("SIGTERM");
    await cluster.members[0]?.start();
    await cluster.healthy();
    const writer = await open(cluster, { auth });
    await writer.apply("json", configMap("one", "1"));
    await expect
      .poll(() => Object.fromEntries(state.content), { timeout: 30_000 })
      .toEqual({ one: "1" });
  });

  test("renews a token that is older than the users", async () => {
    const cluster = await start(await jwtFlags());
    const store = await open(cluster, { auth });
    await store.apply("json", configMap("one", "1"));
    await administer(cluster, "auth/user/add", { name: "other", password: "word" });
    await store.apply("json", configMap("one", "2"));
    await administer(cluster, "auth/user/add", { name: "another", password: "word" });
    expect(await contentOf(store)).toEqual({ one: "2" });
  });

  test("writes by another member where the one asked gives no token", async () => {
    const cluster = await startOpen({ size: 3 });
    const follower = (cluster.members.indexOf(await cluster.leader()) + 1) % 3;
    await askForUsers(cluster);
    const driver = await openWithoutToken(cluster, follower, 9_000);
    cluster.members[follower]?.pause();
    onTestFinished(() => cluster.members[follower]?.resume());
    expect((await driver.put(entryOf("one"), "absent")).position).toBeGreaterThan(0n);
  });

  test("knows that a write for which no member gave a token was not sent", async () => {
    const cluster = await start();
    const driver = await openWithoutToken(cluster, 0, 1_500);
    cluster.members[0]?.pause();
    onTestFinished(() => cluster.members[0]?.resume());
    const failure = await failureOf(driver.put(entryOf("one"), "absent"));
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
  });

  test("that may write and not watch is permission_denied when it is opened", async () => {
    const cluster = await start();
    const user = { username: "user", password: "other-word" };
    const whole = { permType: "READWRITE", key: btoa("test/:current") };
    const generations = {
      permType: "READWRITE",
      key: btoa("test/:g/"),
      range_end: btoa("test/:g0"),
    };
    await administer(cluster, "auth/role/add", { name: "some" });
    for (const perm of [whole, generations])
      await administer(cluster, "auth/role/grant", { name: "some", perm });
    await administer(cluster, "auth/user/add", { name: user.username, password: user.password });
    await administer(cluster, "auth/user/grant", { user: user.username, role: "some" });
    const failure = await failureOf(open(cluster, { auth: user }));
    expect(failure).toMatchObject({ code: "permission_denied", verb: "open" });
  });

  test("that etcd does not ask for is told to leave it out", async () => {
    const cluster = await startOpen({});
    const failure = await failureOf(open(cluster, { auth }));
    expect(failure).toMatchObject({ code: "permission_denied", outcome: "none" });
    expect(failure.message).toContain("leave `auth` out");
  });
});
