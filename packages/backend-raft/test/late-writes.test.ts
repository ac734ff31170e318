/** Writes that nobody answered and that come late, on a real member: they change nothing that was written since. */

import { inspect } from "node:util";
import { status } from "@grpc/grpc-js";
import {
  createBackend,
  encodeEnvelope,
  type Revision,
  type StoreBackend,
  type StoredEntry,
} from "@engenho/sdk";
import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import type { Call } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, contentOf, failureOf } from "./support.ts";

const server = await serverForTests(etcd);

/** A client whose orders stay on their way, once it is told so, and that may be unable to recall any. */
class LateClient extends EtcdClient {
  isLate: boolean | ((request: string) => boolean) = false;
  recallsFail = false;
  isFull = false;
  /** What recalls wait for. */
  gate: PromiseWithResolvers<void> | undefined;
  readonly recalling = Promise.withResolvers<void>();
  readonly #late: (() => Promise<unknown>)[] = [];

  override async order<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
  ): Promise<Response> {
    if (this.isFull) throw noSpace();
    const { isLate } = this;
    const stays = typeof isLate === "boolean" ? isLate : isLate(inspect(request, { depth: 4 }));
    if (!stays) return super.order(call, request);
    this.#late.push(() => super.order(call, request));
    const details = "Deadline exceeded after 1s";
    throw Object.assign(new Error(details), { code: status.DEADLINE_EXCEEDED, details });
  }

  override async ask<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    share?: number,
  ): Promise<Response> {
    const { success } = request as unknown as { readonly success?: readonly { put?: unknown }[] };
    const isRecall = success?.[0]?.put !== undefined;
    if (isRecall && this.gate !== undefined) {
      this.recalling.resolve();
      await this.gate.promise;
    }
    if (this.isFull && isRecall) throw noSpace();
    if (this.recallsFail && isRecall) {
      const details = "Deadline exceeded after 1s";
      throw Object.assign(new Error(details), { code: status.DEADLINE_EXCEEDED, details });
    }
    return super.ask(call, request, share);
  }

  /** Resolves when they have come. */
  async arrive(): Promise<void> {
    await Promise.all(this.#late.map((order) => order()));
  }
}

function noSpace(): Error {
  const details = "etcdserver: mvcc: database space exceeded";
  return Object.assign(new Error(details), { code: status.RESOURCE_EXHAUSTED, details });
}

const ref = { kind: "ConfigMap", name: "one" };

function entry(value: string): StoredEntry {
  const payload = configMap("one", value);
  const revision = "unused" as Revision;
  return { ref, envelope: encodeEnvelope({ ref, format: "json", payload }), revision };
}

describe.skipIf(server === undefined)("what nobody answered and comes late", () => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    if (server !== undefined) cluster = await startEtcd({ server });
  });
  afterAll(() => cluster.close());

  const openStore = async (
    prefix: string,
  ): Promise<{ readonly client: LateClient; readonly store: StoreBackend }> => {
    const client = new LateClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const capabilities = { durability: "process", sharing: "shared" } as const;
    const store = await createBackend(new RaftDriver(client, layoutOf(prefix)), {
      name: "late",
      capabilities,
    });
    onTestFinished(() => store.close());
    return { client, store };
  };

  test("(a creation) does not come back after it was made and deleted by others", async () => {
    const { client, store } = await openStore("late-creation");
    client.isLate = true;
    const failure = await failureOf(store.apply("json", configMap("one", "late")));
    expect(failure).toMatchObject({ code: "timeout", outcome: "unknown" });
    client.isLate = false;
    await store.apply("json", configMap("one", "second"));
    await store.delete(ref);
    await client.arrive();
    expect(await contentOf(store)).toEqual({});
  });

  test("(a restore) leaves what was applied since, and is known not to have happened", async () => {
    const { client, store } = await openStore("late-restore");
    await store.apply("json", configMap("one", "old"));
    const snapshot = await store.snapshot();
    client.isLate = (request) => request.includes("deleteRange");
    expect(await failureOf(store.restore(snapshot))).toMatchObject({ outcome: "none" });
    client.isLate = false;
    await store.apply("json", configMap("two", "new"));
    await client.arrive();
    expect(await contentOf(store)).toEqual({ one: "old", two: "new" });
  });

  test("what a full database refuses is no such thing: later writes need no recall, which it refuses too", async () => {
    const { client, store } = await openStore("late-full");
    const snapshot = await store.snapshot();
    [client.isFull, client.recallsFail] = [true, true];
    for (const write of [store.apply("json", configMap("one", "1")), store.restore(snapshot)])
      expect(await failureOf(write)).toMatchObject({ code: "no_space" });
    client.isFull = false;
    await store.apply("json", configMap("one", "2"));
    expect(await contentOf(store)).toEqual({ one: "2" });
  });

  test("a recall that a full database refuses is told as that", async () => {
    const { client, store } = await openStore("late-and-full");
    [client.isLate, client.recallsFail] = [true, true];
    await failureOf(store.apply("json", configMap("one", "late")));
    [client.isLate, client.recallsFail, client.isFull] = [false, false, true];
    const refused = await failureOf(store.apply("json", configMap("one", "second")));
    expect(refused).toMatchObject({ code: "no_space", outcome: "none", retryable: false });
  });

  test("(a creation) keeps its resource from being written until it is recalled", async () => {
    const { client, store } = await openStore("late-recall");
    [client.isLate, client.recallsFail] = [true, true];
    expect(await failureOf(store.apply("json", configMap("one", "late")))).toMatchObject({
      outcome: "unknown",
    });
    client.isLate = false;
    const refused = await failureOf(store.apply("json", configMap("one", "second")));
    expect(refused).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
    await store.apply("json", configMap("other", "1"));
    client.recallsFail = false;
    await store.apply("json", configMap("one", "second"));
    await store.delete(ref);
    await client.arrive();
    expect(await contentOf(store)).toEqual({ other: "1" });
  });
});

describe.skipIf(server === undefined)("a write that expects nothing and comes late", () => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    if (server !== undefined) cluster = await startEtcd({ server });
  });
  afterAll(() => cluster.close());

  test("a write that waits for a recall while others restore is no write of what they have replaced", async () => {
    const options = { endpoints: cluster.endpoints, timeoutMs: 5_000 };
    const [client, plain] = [new LateClient(options), new EtcdClient(options)];
    onTestFinished(async () => void (await Promise.all([client.close(), plain.close()])));
    const layout = layoutOf("replaced");
    const [driver, other] = [new RaftDriver(client, layout), new RaftDriver(plain, layout)];
    for (const each of [driver, other]) await each.load();
    [client.isLate, client.recallsFail] = [true, true];
    expect((await failureOf(driver.put(entry("1"), "absent"))).outcome).toBe("unknown");
    [client.isLate, client.recallsFail] = [false, false];
    client.gate = Promise.withResolvers();
    const write = failureOf(driver.put(entry("2"), "absent"));
    await client.recalling.promise;
    await other.replaceAll([]);
    await driver.load();
    client.gate.resolve();
    expect(await write).toMatchObject({ code: "conflict", outcome: "none" });
  });

  test.each(["put", "remove"] as const)("(%s) leaves what others have put since", async (verb) => {
    const client = new LateClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const plain = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    onTestFinished(async () => {
      await Promise.all([client.close(), plain.close()]);
    });
    const layout = layoutOf(`late-${verb}`);
    const [driver, other] = [new RaftDriver(client, layout), new RaftDriver(plain, layout)];
    await driver.load();
    await other.load();
    await other.put(entry("first"), undefined);
    client.isLate = true;
    const write =
      verb === "put" ? driver.put(entry("late"), undefined) : driver.remove(ref, undefined);
    expect(await failureOf(write)).toMatchObject({ code: "timeout", outcome: "unknown" });
    await other.put(entry("second"), undefined);
    await client.arrive();
    const { entries } = await other.load();
    const found = (await Array.fromAsync(entries)).map(({ envelope }) => Buffer.from(envelope));
    expect(found).toEqual([Buffer.from(entry("second").envelope)]);
  });
});
