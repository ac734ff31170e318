/** Clusters that are restored to an older state in the least convenient moments. */

import { cpSync, renameSync, rmSync } from "node:fs";
import { status } from "@grpc/grpc-js";
import { createBackend, encodeEnvelope, type Revision, type StoreBackend } from "@engenho/sdk";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { type Call, groupCall, rangeCall, type WatchResponse } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { shown } from "../src/shown.ts";
import { configMap, contentOf, failureOf, open, valueOf } from "./support.ts";

const server = await serverForTests(etcd);
const patience = { timeout: 15_000 };

/** A cluster of one member, a state of it that can be kept, and come back. */
async function start() {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ server });
  onTestFinished(() => cluster.close(), 30_000);
  const [member] = cluster.members;
  if (member === undefined) throw new Error("a cluster without members");
  const kept = `${member.dataDirectory}.kept`;
  return {
    cluster,
    member,
    async keep(): Promise<void> {
      await member.kill("SIGTERM");
      cpSync(member.dataDirectory, kept, { recursive: true });
      await member.start();
      await cluster.healthy();
    },
    async bringBack(): Promise<void> {
      await member.kill("SIGTERM");
      rmSync(member.dataDirectory, { recursive: true });
      renameSync(kept, member.dataDirectory);
      await member.start();
      await cluster.healthy();
    },
  };
}

/** A client whose watches begin when they may, and whose writes or answers can be held up. */
class HeldClient extends EtcdClient {
  /** What a watch waits for before it is asked for. */
  gate: PromiseWithResolvers<void> | undefined;
  waiting = 0;
  /** Whether writes are given up, and carried out later. */
  isLate = false;
  readonly late: (() => Promise<unknown>)[] = [];
  /** Whether watches bring nothing but that they have begun. */
  isDeaf = false;
  /** Told when writes are answered that were sent together: those wait until a watch brings them. */
  onAnswer: (() => void) | undefined;
  /** Whether answers come from a member whose count has gone back. */
  isBehind = false;

  override async watch(): ReturnType<EtcdClient["watch"]> {
    if (this.gate !== undefined) {
      this.waiting++;
      await this.gate.promise;
    }
    const stream = await super.watch();
    const responses = stream[Symbol.asyncIterator].bind(
      stream,
    ) as () => AsyncIterator<WatchResponse>;
    const heard = this.#heard({ [Symbol.asyncIterator]: responses });
    return Object.assign(stream, { [Symbol.asyncIterator]: () => heard });
  }

  override async order<Q, S>(call: Call<Q, S>, request: Draft<Q>): Promise<S> {
    if (this.isLate) {
      this.late.push(() => super.order(call, request));
      const details = "Deadline exceeded after 1s";
      throw Object.assign(new Error(details), { code: status.DEADLINE_EXCEEDED, details });
    }
    const answer = await super.order(call, request);
    if (Object.is(call, groupCall)) this.onAnswer?.();
    return answer;
  }

  override async ask<Q, S>(call: Call<Q, S>, request: Draft<Q>, share?: number): Promise<S> {
    const answer = await super.ask(call, request, share);
    return this.isBehind && Object.is(call, rangeCall)
      ? { ...answer, header: { revision: 1n } }
      : answer;
  }

  async *#heard(responses: AsyncIterable<WatchResponse>): AsyncGenerator<WatchResponse> {
    for await (const response of responses) if (response.created || !this.isDeaf) yield response;
  }
}

async function openHeld(endpoints: readonly string[]) {
  const client = new HeldClient({ endpoints, timeoutMs: 5_000 });
  // A watch that a test holds up is none that is lost, however long a member takes to start.
  const options = { name: "held", feedTimeoutMs: 60_000 };
  const store = await createBackend(new RaftDriver(client, layoutOf("test")), options);
  onTestFinished(() => store.close());
  return { client, store };
}

/** Until the store has said that its cluster has another history. */
async function noticed(store: StoreBackend): Promise<void> {
  const message = async (): Promise<string> => (await failureOf(valueOf(store, "base"))).message;
  await expect.poll(message, patience).toContain("older state");
}

describe.skipIf(server === undefined)("another history", { timeout: 60_000 }, () => {
  test("that is noticed while a watch begins is loaded before the watch counts", async () => {
    const { cluster, ...past } = await start();
    const { client, store } = await openHeld(cluster.endpoints);
    await store.apply("json", configMap("base", "1"));
    await past.keep();
    const applied = (): Promise<unknown> =>
      store.apply("json", configMap("lost", "0")).catch(() => undefined);
    await expect.poll(applied, patience).toBeDefined();
    for (let i = 0; i < 20; i++) await store.apply("json", configMap("lost", `${i}`));
    client.gate = Promise.withResolvers();
    await past.bringBack();
    await expect.poll(() => client.waiting, patience).toBeGreaterThan(0);
    await noticed(store);
    const other = await open(cluster);
    for (let i = 0; i < 60; i++) await other.apply("json", configMap("new", `${i}`));
    client.gate.resolve();
    client.gate = undefined;
    const content = (): Promise<unknown> => contentOf(store).catch(() => undefined);
    await expect.poll(content, patience).toEqual({ base: "1", new: "59" });
    // A creation that nobody answers is recalled as ever.
    client.isLate = true;
    expect(await failureOf(store.apply("json", configMap("one", "late")))).toMatchObject({
      outcome: "unknown",
    });
    client.isLate = false;
    await store.apply("json", configMap("one", "second"));
    await store.delete({ kind: "ConfigMap", name: "one" });
    for (const carryOut of client.late) await carryOut();
    expect(await contentOf(other)).toEqual({ base: "1", new: "59" });
  });

  test("acknowledges no write of the lost one, though its count comes to where that was", async () => {
    const { cluster, member, ...past } = await start();
    const first = await open(cluster);
    await first.apply("json", configMap("base", "1"));
    await first.close();
    await past.keep();
    const { client, store } = await openHeld(cluster.endpoints);
    const killed = Promise.withResolvers<void>();
    client.isDeaf = true;
    client.onAnswer = () => {
      client.onAnswer = undefined;
      void member.kill("SIGKILL").then(() => killed.resolve());
    };
    const names = Array.from({ length: 10 }, (_, i) => `lost${i}`);
    const acknowledged = new Set<string>();
    const write = async (name: string): Promise<void> => {
      await store.apply("json", configMap(name));
      acknowledged.add(name);
    };
    const writes = Promise.allSettled(names.map(write));
    await killed.promise;
    const early = new Set(acknowledged);
    client.isDeaf = false;
    await past.bringBack();
    // Where others are faster than this, only `--bump-revision` tells.
    await expect.poll(() => valueOf(store, "base").catch(() => undefined), patience).toBe("1");
    const other = await open(cluster);
    for (let i = 0; i < 5; i++) await other.apply("json", configMap("new", `${i}`));
    const content = (): Promise<unknown> => contentOf(store).catch(() => undefined);
    const ends = await writes;
    const there = await contentOf(other);
    await expect.poll(content, patience).toEqual(there);
    // What was sent after the restore may have happened.
    const late = [...acknowledged].filter((name) => !early.has(name));
    expect(Object.keys(there)).toEqual(expect.arrayContaining(late));
    const reasons = ends.map((end) => (end.status === "rejected" ? end.reason : undefined));
    const unknown = { code: "unavailable", outcome: "unknown" };
    expect(reasons).toContainEqual(expect.objectContaining(unknown));
  });

  test("is not forgotten by a load that nobody takes over", async () => {
    const { cluster } = await start();
    const client = new HeldClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const plain = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const [driver, other] = [client, plain].map((each) => new RaftDriver(each, layoutOf("test")));
    if (driver === undefined || other === undefined) throw new Error("two");
    onTestFinished(async () => void (await Promise.all([driver.close(), other.close()])));
    const { position: from = 0n } = await driver.load();
    await other.load();
    client.isBehind = true;
    expect((await failureOf(driver.sync())).message).toContain("older state");
    client.isBehind = false;
    const ref = { kind: "ConfigMap", name: "one" };
    const envelope = encodeEnvelope({ ref, payload: new Uint8Array() });
    for (let i = 0; i < 3; i++)
      await other.put({ ref, envelope, revision: "1" as Revision }, undefined);
    await driver.load();
    for await (const event of await driver.changes(from, new AbortController().signal)) {
      expect(event).toMatchObject({ type: "gap", isOtherHistory: true });
      break;
    }
  });
});

test.each([`https://root:${"s3cret".repeat(50)}@host:1`, "root:s3cret@host:2379"])(
  "an address (%#) is shown without its password",
  (address) => {
    expect(shown(address)).not.toContain("s3cret");
    expect(shown(address)).toContain("@host:");
  },
);
