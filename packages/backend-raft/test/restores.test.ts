/** Restores of one store at once, one of them stopped where it matters; and one that fails. */

import { inspect } from "node:util";
import { encodeEnvelope, type Revision, type StoredEntry } from "@engenho/sdk";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { type Call, compareTarget, rangeCall, txnCall } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { currentGeneration, isCurrent, newGenerationId } from "../src/load-generation.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { writeGeneration } from "../src/write-generation.ts";
import { failureOf } from "./support.ts";

const server = await serverForTests(etcd);

function entriesOf(count: number, text: string): readonly StoredEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const ref = { kind: "ConfigMap", name: `name${index}` };
    const payload = new TextEncoder().encode(text);
    return { ref, envelope: encodeEnvelope({ ref, payload }), revision: "1" as Revision };
  });
}

/** A client that has something else done before it removes anything. */
class InterruptedClient extends EtcdClient {
  beforeRemoval: (() => Promise<void>) | undefined;

  override async ask<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    share?: number,
  ): Promise<Response> {
    if (inspect(request, { depth: 4 }).includes("deleteRange")) await this.beforeRemoval?.();
    return super.ask(call, request, share);
  }
}

test.skipIf(server === undefined)(
  "a restore that clears up leaves what the next one has written meanwhile",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const options = { endpoints: cluster.endpoints, timeoutMs: 5_000 };
    const [slow, fast] = [new InterruptedClient(options), new EtcdClient(options)];
    onTestFinished(async () => void (await Promise.all([slow.close(), fast.close()])));
    const layout = layoutOf("store");
    const entries = entriesOf(1, "");
    let next = "";
    slow.beforeRemoval = async () => {
      const { generation } = await currentGeneration(fast, layout);
      next = newGenerationId(generation.revision);
      const { pointer: key } = layout;
      const guard = { target: compareTarget.modified, key, modRevision: generation.revision };
      await writeGeneration({ client: fast, layout, id: next, guard }, entries);
    };
    const driver = new RaftDriver(slow, layout);
    await driver.load();
    // The second one has something to remove.
    for (let i = 0; i < 2; i++) await driver.replaceAll(entries);
    await driver.close();
    expect((await fast.ask(rangeCall, layout.generation(next))).kvs).toHaveLength(1);
  },
);

/** A client that has something else done before the pointer is flipped. */
class OvertakenClient extends EtcdClient {
  beforeFlip: (() => Promise<unknown>) | undefined;

  override async order<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
  ): Promise<Response> {
    if (inspect(request, { depth: 4 }).includes("deleteRange")) await this.beforeFlip?.();
    return super.order(call, request);
  }
}

test.skipIf(server === undefined)(
  "a restore that others were faster than leaves nothing of what it has written",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const options = { endpoints: cluster.endpoints, timeoutMs: 5_000 };
    const [slow, fast] = [new OvertakenClient(options), new EtcdClient(options)];
    onTestFinished(async () => void (await Promise.all([slow.close(), fast.close()])));
    const layout = layoutOf("store");
    const [driver, other] = [new RaftDriver(slow, layout), new RaftDriver(fast, layout)];
    for (const each of [driver, other]) await each.load();
    slow.beforeFlip = () => other.replaceAll(entriesOf(1, "fast"));
    const failure = await failureOf(driver.replaceAll(entriesOf(2, "slow")));
    expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
    const { kvs } = await slow.ask(rangeCall, layout.all);
    expect(kvs.filter(({ value }) => Buffer.from(value).includes("slow"))).toEqual([]);
  },
);

test.skipIf(server === undefined)(
  "what a restore has left that was interrupted, the next one removes",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const options = { endpoints: cluster.endpoints, timeoutMs: 5_000 };
    const [client, plain] = [new EtcdClient(options), new EtcdClient(options)];
    onTestFinished(() => plain.close());
    const layout = layoutOf("store");
    const driver = new RaftDriver(client, layout);
    await driver.load();
    const { generation } = await currentGeneration(plain, layout);
    const [age] = newGenerationId(generation.revision).split("-");
    const guard = isCurrent(layout, generation);
    const ids = [`${age}-0000000000000000`, `${age}-ffffffffffffffff`];
    for (const id of ids)
      await writeGeneration({ client: plain, layout, id, guard }, entriesOf(1, "interrupted"));
    await driver.replaceAll(entriesOf(1, "kept"));
    await driver.close();
    const { kvs } = await plain.ask(rangeCall, layout.all);
    expect(kvs.filter(({ value }) => Buffer.from(value).includes("interrupted"))).toEqual([]);
    expect(kvs.filter(({ value }) => Buffer.from(value).includes("kept"))).toHaveLength(1);
  },
);

test.skipIf(server === undefined)(
  "a restore clears up nothing of a store that was removed and begun anew since",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const options = { endpoints: cluster.endpoints, timeoutMs: 5_000 };
    const [late, plain] = [new EtcdClient(options), new EtcdClient(options)];
    onTestFinished(async () => void (await Promise.all([late.close(), plain.close()])));
    const layout = layoutOf("store");
    const [driver, other] = [new RaftDriver(late, layout), new RaftDriver(plain, layout)];
    await driver.load();
    await driver.replaceAll(entriesOf(1, "replaced"));
    await plain.ask(txnCall, { success: [{ deleteRange: layout.all }] });
    await other.load();
    for (const entry of entriesOf(1, "acknowledged")) await other.put(entry, "absent");
    await driver.close();
    const { entries } = await other.load();
    expect(await Array.fromAsync(entries)).toHaveLength(1);
  },
);

test.skipIf(server === undefined)(
  "more keys than go at once are removed all the same",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    onTestFinished(() => client.close());
    const layout = layoutOf("store");
    const driver = new RaftDriver(client, layout);
    await driver.load();
    await driver.replaceAll(entriesOf(2_500, "old"));
    await driver.replaceAll(entriesOf(1, "new"));
    await driver.load();
    const changes = await driver.changes((await driver.sync()) - 1n, AbortSignal.timeout(20_000));
    await expect
      .poll(async () => (await client.ask(rangeCall, layout.all)).kvs.length, { timeout: 20_000 })
      .toBe(2);
    await changes[Symbol.asyncIterator]().return?.();
  },
);

test.skipIf(server === undefined)(
  "a restore that fails leaves nothing of what it has written",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const flags = ["--quota-backend-bytes", String(4 * 1024 * 1024)];
    const cluster = await startEtcd({ server, flags });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    onTestFinished(() => client.close());
    const layout = layoutOf("store");
    const driver = new RaftDriver(client, layout);
    await driver.load();
    await driver.replaceAll(entriesOf(1, "kept"));
    // More than etcd takes within 100 ms: it learns only then how large its database has become.
    const failure = await failureOf(driver.replaceAll(entriesOf(1_500, "x".repeat(60_000))));
    expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
    const { generation } = await currentGeneration(client, layout);
    const [there, counting] = await Promise.all(
      [layout.all, layout.generation(generation.id)].map((range) => client.ask(rangeCall, range)),
    );
    expect(counting?.kvs).toHaveLength(1);
    // And the pointer.
    expect(there?.kvs).toHaveLength(2);
  },
);
