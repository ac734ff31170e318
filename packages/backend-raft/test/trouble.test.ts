/** What a store does when its cluster is in trouble: a real one, with real trouble. */

import { cpSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendError, Cursor, StoreBackend } from "@engenho/sdk";
import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { describe, expect, onTestFinished, test } from "vitest";
import { configMap, contentOf, failureOf, follow, gateway, open, valueOf } from "./support.ts";

const server = await serverForTests(etcd);

/** A cluster for one test. */
async function start(size: number, flags: readonly string[] = []): Promise<EtcdCluster> {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ server, size, flags });
  onTestFinished(() => cluster.close(), 30_000);
  return cluster;
}

/** The endpoints, beginning with this one. */
function beginningWith({ endpoints }: EtcdCluster, index: number): readonly string[] {
  return [...endpoints.slice(index), ...endpoints.slice(0, index)];
}

describe.skipIf(server === undefined)("a store", { timeout: 60_000 }, () => {
  test.each(["kill", "pause"] as const)(
    "whose watched member goes (%s) tells every change once",
    async (trouble) => {
      const cluster = await start(3);
      const leader = cluster.members.indexOf(await cluster.leader());
      const follower = (leader + 1) % 3;
      const writer = await open(cluster, { endpoints: beginningWith(cluster, leader) });
      const reader = await open(cluster, { endpoints: beginningWith(cluster, follower) });
      const { state } = follow(await reader.watch("ConfigMap", undefined, "json"));
      const values: string[] = [];
      for (let i = 0; i < 200; i++) {
        if (i === 70 && trouble === "kill") await cluster.members[follower]?.kill();
        if (i === 70 && trouble === "pause") cluster.members[follower]?.pause();
        values.push(String(i));
        await writer.apply("json", configMap(`name${i % 7}`, String(i)));
      }
      await expect.poll(() => state.values.length, { timeout: 20_000 }).toBe(values.length);
      expect(state.values).toEqual(values);
      expect(state.resets).toBe(0);
      const { watchedEndpoint } = reader.diagnostics();
      expect(cluster.endpoints).toContain(watchedEndpoint);
      expect(watchedEndpoint).not.toBe(cluster.endpoints[follower]);
    },
  );

  test("that missed what was compacted starts its watches over", async () => {
    const cluster = await start(1);
    const [member] = cluster.members;
    const writer = await open(cluster);
    const reader = await open(cluster);
    await writer.apply("json", configMap("one", "0"));
    const watch = await reader.watch("ConfigMap", undefined, "json");
    const { state } = follow(watch);
    await expect.poll(() => state.content.size).toBe(1);
    // Both lose their connections; what is written and compacted before the reader is back, it has missed.
    await member?.kill();
    await member?.start();
    await cluster.healthy();
    const endpoint = cluster.endpoints[0] ?? "";
    const { header } = (await gateway(endpoint, "kv/put", { key: btoa("x"), value: "" })) as {
      readonly header: { readonly revision: string };
    };
    await gateway(endpoint, "kv/compaction", { revision: header.revision });
    await writer.apply("json", configMap("two", "1"));
    expect(await contentOf(reader)).toEqual({ one: "0", two: "1" });
    await expect.poll(() => Object.fromEntries(state.content)).toEqual({ one: "0", two: "1" });
  });

  test("without a quorum is unavailable in time, and works again with one", async () => {
    const cluster = await start(3);
    const store = await open(cluster, { timeoutMs: 3_000 });
    await store.apply("json", configMap("one", "1"));
    const [, second, third] = cluster.members;
    await Promise.all([second?.kill(), third?.kill()]);
    const began = performance.now();
    const write = await failureOf(store.apply("json", configMap("one", "2")));
    const read = await failureOf(valueOf(store, "one"));
    expect(["unavailable", "timeout"]).toContain(write.code);
    expect(read).toMatchObject({ code: "unavailable", retryable: true });
    expect(performance.now() - began).toBeLessThan(15_000);
    await Promise.all([second?.start(), third?.start()]);
    await cluster.healthy();
    await expect
      .poll(() => valueOf(store, "one").catch(() => ""), { timeout: 20_000 })
      .not.toBe("");
    await store.apply("json", configMap("one", "3"));
    expect(await valueOf(store, "one")).toBe("3");
  });

  test("that was restored to an earlier state is read anew, and nothing is told of what it had", async () => {
    const cluster = await start(1);
    const [member] = cluster.members;
    if (member === undefined) throw new Error("a cluster without members");
    const store = await open(cluster);
    await store.apply("json", configMap("base", "1"));
    await member.kill("SIGTERM");
    cpSync(member.dataDirectory, `${member.dataDirectory}.copy`, { recursive: true });
    await member.start();
    await cluster.healthy();
    for (let i = 0; i < 20; i++) await store.apply("json", configMap("lost", `${i}`));
    await member.kill("SIGTERM");
    rmSync(member.dataDirectory, { recursive: true });
    renameSync(`${member.dataDirectory}.copy`, member.dataDirectory);
    // The handle's next attempt to watch comes after seconds: it writes before that.
    await sleep(3_000);
    await member.start();
    await cluster.healthy();
    const same = async (): Promise<string> =>
      (await store.apply("json", configMap("lost", "19"))).operation;
    await expect.poll(() => same().catch(() => ""), { timeout: 40_000 }).not.toBe("");
    expect(await contentOf(store)).toEqual({ base: "1", lost: "19" });
    const fresh = await open(cluster);
    expect(await contentOf(fresh)).toEqual({ base: "1", lost: "19" });
  });

  test("without a quorum tells everybody so within a call's time, whoever has asked before", async () => {
    const cluster = await start(3);
    // Long enough that what a busy machine adds to a call is little beside a second wait of this length.
    const timeoutMs = 4_000;
    const store = await open(cluster, { timeoutMs });
    await store.apply("json", configMap("one", "0"));
    const [, second, third] = cluster.members;
    await Promise.all([second?.kill(), third?.kill()]);
    const over = performance.now() + 4 * timeoutMs;
    const longest = async (call: (i: number) => Promise<unknown>): Promise<number> => {
      let longestMs = 0;
      for (let i = 1; performance.now() < over; i++) {
        const began = performance.now();
        await failureOf(call(i));
        longestMs = Math.max(longestMs, performance.now() - began);
        await sleep(10);
      }
      return longestMs;
    };
    const writing = (name: string) => (i: number) => store.apply("json", configMap(name, `${i}`));
    const read = (): Promise<unknown> => valueOf(store, "one");
    const calls = [writing("one"), writing("two"), read, read];
    const times = await Promise.all(calls.map(longest));
    expect(Math.max(...times)).toBeLessThan(1.75 * timeoutMs);
  });

  test("without a quorum ends its watches, and new ones go on from their last cursors", async () => {
    const cluster = await start(3);
    const store = await open(cluster, { timeoutMs: 3_000 });
    await store.apply("json", configMap("one", "1"));
    const told: string[] = [];
    let last: Cursor | undefined;
    const read = async (): Promise<void> => {
      const since = last === undefined ? {} : { since: last };
      for await (const event of await store.watch("ConfigMap", undefined, "json", since)) {
        last = event.type === "reset" ? undefined : event.cursor;
        told.push(event.type);
      }
    };
    const end = read();
    await expect.poll(() => told).toEqual(["added", "bookmark"]);
    await store.apply("json", configMap("two", "1"));
    await expect.poll(() => told).toEqual(["added", "bookmark", "added"]);
    const [, second, third] = cluster.members;
    await Promise.all([second?.kill(), third?.kill()]);
    const began = performance.now();
    expect(await failureOf(end)).toMatchObject({ code: "unavailable", retryable: true });
    const seconds = (performance.now() - began) / 1_000;
    expect(seconds).toBeGreaterThan(8);
    expect(seconds).toBeLessThan(20);
    expect(await failureOf(read())).toMatchObject({ code: "unavailable", retryable: true });
    await Promise.all([second?.start(), third?.start()]);
    await cluster.healthy();
    const again = async (): Promise<void> => {
      for (;;) {
        const failure = await failureOf(read());
        if (failure.retryable) await sleep(100);
        else throw failure;
      }
    };
    void again().catch(() => {}); // It is over with the store.
    await expect
      .poll(() => store.apply("json", configMap("three", "1")).catch(() => ""), { timeout: 20_000 })
      .not.toBe("");
    await expect.poll(() => told.slice(3), { timeout: 10_000 }).toContain("added");
    expect(told.slice(3).filter((type) => type !== "bookmark")).toEqual(["added"]);
  });

  test("loses no acknowledged write when the leader is killed or stalls", async () => {
    const cluster = await start(3);
    const store = await open(cluster);
    const acknowledged = new Map<string, number>();
    const attempted = new Map<string, number>();
    const codes = new Set<string>();
    let isOver = false;
    const writer = async (name: string): Promise<void> => {
      for (let i = 1; !isOver; i++) {
        attempted.set(name, i);
        try {
          await store.apply("json", configMap(name, String(i)));
          acknowledged.set(name, i);
        } catch (error) {
          codes.add((await failureOf(Promise.reject(error))).code);
        }
      }
    };
    const writers = Array.from({ length: 16 }, (_, i) => writer(`name${i}`));
    await sleep(500);
    const first = await cluster.leader();
    await first.kill();
    await sleep(3_000);
    await first.start();
    await cluster.healthy();
    const second = await cluster.leader();
    second.pause();
    await sleep(3_000);
    second.resume();
    await cluster.healthy();
    await sleep(500);
    isOver = true;
    await Promise.all(writers);
    const [seen, fresh] = [await contentOf(store), await contentOf(await open(cluster))];
    expect(seen).toEqual(fresh);
    expect(acknowledged.size).toBe(16);
    expect(["unavailable", "timeout"]).toEqual(expect.arrayContaining([...codes]));
    for (const [name, least] of acknowledged) {
      expect(Number(fresh[name])).toBeGreaterThanOrEqual(least);
      expect(Number(fresh[name])).toBeLessThanOrEqual(attempted.get(name) ?? 0);
    }
  });

  test("on a full disk is no_space, with nothing changed, and can be read", async () => {
    const cluster = await start(1, ["--quota-backend-bytes", String(4 * 1024 * 1024)]);
    const store = await open(cluster);
    await store.apply("json", configMap("kept", "1"));
    const fill = async (): Promise<never> => {
      for (let i = 0; ; i++) await store.apply("json", configMap("large", `${i}`.repeat(100_000)));
    };
    expect(await failureOf(fill())).toMatchObject({ code: "no_space", outcome: "none" });
    expect(await failureOf(store.apply("json", configMap("kept", "2")))).toMatchObject({
      code: "no_space",
    });
    expect(await valueOf(store, "kept")).toBe("1");
  });

  test("on a full disk still deletes, also what is deleted while others apply", async () => {
    const cluster = await start(1, ["--quota-backend-bytes", String(4 * 1024 * 1024)]);
    const store = await open(cluster);
    const names = Array.from({ length: 16 }, (_, i) => `name${i}`);
    for (const name of names) await store.apply("json", configMap(name, "1"));
    const fill = async (): Promise<never> => {
      for (let i = 0; ; i++) await store.apply("json", configMap("large", `${i}`.repeat(100_000)));
    };
    expect(await failureOf(fill())).toMatchObject({ code: "no_space" });
    const applies = names.map((name) => failureOf(store.apply("json", configMap(`new-${name}`))));
    const deletes = names.map((name) => store.delete({ kind: "ConfigMap", name }));
    await Promise.all(deletes);
    const codes = (await Promise.all(applies)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(["no_space"]));
    expect(Object.keys(await contentOf(store))).toEqual(["large"]);
  });

  test("whose disk fills under many writes says of none that happened that it did not", async () => {
    const cluster = await start(1, ["--quota-backend-bytes", String(4 * 1024 * 1024)]);
    const handles = await Promise.all(Array.from({ length: 4 }, () => open(cluster)));
    const outcomes = new Map<string, string>();
    const writer = async (store: StoreBackend, id: string): Promise<void> => {
      for (let i = 0; ; i++) {
        const name = `${id}-${i}`;
        const error = await store.apply("json", configMap(name, "x".repeat(10_000))).then(
          () => undefined,
          (reason: BackendError) => reason,
        );
        outcomes.set(name, error?.outcome ?? "acknowledged");
        if (error?.code === "no_space") return;
        if (error !== undefined) throw error;
      }
    };
    const writers = handles.flatMap((store, handle) =>
      Array.from({ length: 64 }, (_, id) => writer(store, `w${handle}-${id}`)),
    );
    await Promise.all(writers);
    const content = await contentOf(await open(cluster));
    const there = [...outcomes].filter(([name]) => name in content);
    const gone = [...outcomes].filter(([name]) => !(name in content));
    expect(new Set(there.map(([, outcome]) => outcome))).not.toContain("none");
    expect(new Set(gone.map(([, outcome]) => outcome))).not.toContain("acknowledged");
  });

  test("that etcd does not let in is permission_denied, and no password is told", async () => {
    const cluster = await start(1);
    const endpoint = cluster.endpoints[0] ?? "";
    await gateway(endpoint, "auth/user/add", { name: "root", password: "secret-word" });
    await gateway(endpoint, "auth/user/grant", { user: "root", role: "root" });
    await gateway(endpoint, "auth/role/add", { name: "none" });
    await gateway(endpoint, "auth/user/add", { name: "nobody", password: "other-word" });
    await gateway(endpoint, "auth/user/grant", { user: "nobody", role: "none" });
    await gateway(endpoint, "auth/enable", {});
    for (const auth of [
      undefined,
      { username: "root", password: "wrong-word" },
      { username: "nobody", password: "other-word" },
    ]) {
      const failure = await failureOf(open(cluster, auth === undefined ? {} : { auth }));
      expect(failure).toMatchObject({ code: "permission_denied", verb: "open" });
      expect(failure.message).not.toMatch(/-word/);
    }
    const auth = { username: "root", password: "secret-word" };
    const store = await open(cluster, { auth });
    await store.apply("json", configMap("one", "1"));
    expect(await valueOf(store, "one")).toBe("1");
  });

  test("that no member answers is unavailable at open", async () => {
    const cluster = await start(1);
    await cluster.members[0]?.kill();
    const failure = await failureOf(open(cluster, { timeoutMs: 2_000 }));
    expect(failure).toMatchObject({ code: "unavailable", verb: "open", retryable: true });
  });

  test("that one member refuses and another one stalls is unavailable, whoever was asked last", async () => {
    const cluster = await start(2);
    await cluster.members[0]?.kill();
    cluster.members[1]?.pause();
    for (const first of [0, 1]) {
      const endpoints = beginningWith(cluster, first);
      const failure = await failureOf(open(cluster, { endpoints, timeoutMs: 2_000 }));
      expect(failure).toMatchObject({ code: "unavailable", verb: "open", retryable: true });
    }
  });
});
