/** Members that cannot be reached, and that take a connection and say nothing. */

import { promises as dns } from "node:dns";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { type sendUnaryData, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { etcd, freePorts, serverForTests, startEtcd } from "@engenho/testbed";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EtcdClient, questionShare } from "../src/etcd/etcd-client.ts";
import { etcdError } from "../src/etcd/etcd-error.ts";
import { txnCall } from "../src/etcd/messages.ts";
import { createRaftBackend } from "../src/index.ts";
import { failureOf } from "./support.ts";

const server = await serverForTests(etcd);

const slow = { timeout: 30_000 };

/** The endpoint of one that never answers. */
async function startMute(): Promise<string> {
  const sockets = new Set<Socket>();
  const mute = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  onTestFinished(() => {
    mute.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
}

test.skipIf(server === undefined)(
  "an order that no connection comes about for goes to the next member",
  { timeout: 30_000 },
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const endpoints = [await startMute(), ...cluster.endpoints];
    const client = new EtcdClient({ endpoints, timeoutMs: 9_000 });
    onTestFinished(() => client.close());
    const put = { key: Buffer.from("key"), value: [Buffer.from("value")] };
    const answer = await client.order(txnCall, { success: [{ put }] });
    expect(answer.succeeded).toBe(true);
    expect(client.endpoint).toBe(cluster.endpoints[0]);
  },
);

/** A host that has no address, which is known without a name server: no name is so long. */
const nameless = `http://${"a".repeat(64)}:2379`;

test.skipIf(server === undefined)(
  "an order for a member whose name does not resolve goes to the next one",
  { timeout: 30_000 },
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new EtcdClient({
      endpoints: [nameless, ...cluster.endpoints],
      timeoutMs: 9_000,
    });
    onTestFinished(() => client.close());
    const put = { key: Buffer.from("key"), value: [Buffer.from("value")] };
    const answer = await client.order(txnCall, { success: [{ put }] });
    expect(answer.succeeded).toBe(true);
    expect(client.endpoint).toBe(cluster.endpoints[0]);
  },
);

/** So that nothing else on the machine decides how soon it is known that a name has no address. */
function resolveNothing(): void {
  const lookup = vi.spyOn(dns, "lookup").mockRejectedValue(new Error("no such name"));
  onTestFinished(() => lookup.mockRestore());
}

test("opening with a name that does not resolve says so", async () => {
  resolveNothing();
  const options = { endpoints: ["http://etcd.example:2379"], prefix: "test", timeoutMs: 3_000 };
  const failure = await failureOf(createRaftBackend(options));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
  expect(failure.message).toMatch(/at http:\S+: etcd\.example:2379 does not resolve$/);
});

test("opening says what is wrong with one member, also where its time ends at another that is silent", async () => {
  resolveNothing();
  const endpoints = ["http://etcd.example:2379", await startMute()];
  const options = { endpoints, prefix: "test", timeoutMs: 1_000 };
  const { message } = await failureOf(createRaftBackend(options));
  expect(message).toMatch(/: etcd\.example:2379 does not resolve$/);
});

describe.each(["order", "ask"] as const)("who has tried all of its time, by %s, says", (verb) => {
  /** How much of a verb's time an order has for itself. */
  const share = verb === "order" ? 1 - questionShare : 1;

  async function told(endpoints: readonly string[], ms: number): Promise<string> {
    const client = new EtcdClient({ endpoints, timeoutMs: ms / share });
    onTestFinished(() => client.close());
    const error: unknown = await client[verb](txnCall, { success: [] }).catch((caught) => caught);
    return (etcdError(error) as Error).message;
  }

  test("what a member has answered rather than that another is not there", slow, async () => {
    const [nobody = 0, port = 0] = await freePorts(2);
    const member = new Server();
    const noLeader = { code: status.UNAVAILABLE, details: "etcdserver: no leader" };
    const answer = (_: unknown, callback: sendUnaryData<Buffer>): void => callback(noLeader);
    const same = (bytes: Buffer): Buffer => bytes;
    member.register(txnCall.path, answer, same, same, "unary");
    await promisify(member.bindAsync.bind(member))(
      `127.0.0.1:${port}`,
      ServerCredentials.createInsecure(),
    );
    onTestFinished(() => member.forceShutdown());
    const endpoints = [nobody, port].map((each) => `http://127.0.0.1:${each}`);
    expect(await told([...endpoints, await startMute()], 2_400)).toMatch(/no leader/);
  });

  test("nothing of a name that resolves again: that its member is silent", slow, async () => {
    const endpoint = await startMute();
    const { port } = new URL(endpoint);
    const lookup = vi.spyOn(dns, "lookup");
    onTestFinished(() => lookup.mockRestore());
    lookup.mockRejectedValueOnce(new Error("not now"));
    lookup.mockResolvedValue([{ address: "127.0.0.1", family: 4 }] as never);
    const message = await told([`http://etcd.example:${port}`], 5_000);
    expect(lookup.mock.calls.length).toBeGreaterThan(1);
    expect(message).toMatch(/no connection came about in time$/);
  });
});

test("opening where nobody listens says where, and why", async () => {
  const [port = 0, other = 0] = await freePorts(2);
  const endpoints = [port, other].map((each) => `http://127.0.0.1:${each}`);
  const options = { endpoints, prefix: "test", timeoutMs: 3_000 };
  const failure = await failureOf(createRaftBackend(options));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
  expect(failure.message).toContain(`can be reached at ${endpoints.join(", ")}: `);
  expect(failure.message).toMatch(/connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
});

test("opening where nobody answers says so in one line", async () => {
  const endpoint = await startMute();
  const options = { endpoints: [endpoint], prefix: "test", timeoutMs: 500 };
  const { message } = await failureOf(createRaftBackend(options));
  expect(message).toMatch(/can be reached at http:[^\n]*: no connection came about in time$/);
});

test.skipIf(server === undefined)(
  "an order on its way to a member that is left out goes to another one",
  { timeout: 30_000 },
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new EtcdClient({ endpoints: [await startMute()], timeoutMs: 9_000 });
    onTestFinished(() => client.close());
    const put = { key: Buffer.from("key"), value: [Buffer.from("value")] };
    const answer = client.order(txnCall, { success: [{ put }] });
    client.reach(cluster.endpoints);
    expect(await answer).toMatchObject({ succeeded: true });
  },
);

const connecting = (): number =>
  process.getActiveResourcesInfo().filter((name) => /^(?:TCP)?ConnectWrap$/.test(name)).length;

/** The port of one that lets nobody in: its queue is full, and it never looks. */
async function startFull(): Promise<number> {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(code, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, "message")) as [number];
  const waiting = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  onTestFinished(() => {
    for (const socket of waiting) socket.destroy();
  });
  await expect.poll(() => waiting.filter((socket) => !socket.connecting).length).toBe(2);
  return port;
}

test("a closed handle leaves no socket that is still connecting", async () => {
  const port = await startFull();
  const others = connecting();
  expect(others).toBeGreaterThan(0);
  const options = { endpoints: [`http://127.0.0.1:${port}`], prefix: "test", timeoutMs: 500 };
  expect(await failureOf(createRaftBackend(options))).toMatchObject({ code: "unavailable" });
  await expect.poll(connecting).toBe(others);
});
