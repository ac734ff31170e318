/** Several handles and several stores on one cluster. */

import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import { configMap, contentOf, failureOf, follow, gateway, open, valueOf } from "./support.ts";

const server = await serverForTests(etcd);

describe.skipIf(server === undefined)("on one member", () => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    if (server !== undefined) cluster = await startEtcd({ server });
  });
  afterAll(() => cluster.close());

  test("prefixes never meet: what one store restores, another one keeps", async () => {
    const prefixes = ["a", "a/b", "ab", "/a"];
    const stores = await Promise.all(prefixes.map((prefix) => open(cluster, { prefix })));
    for (const [index, store] of stores.entries())
      await store.apply("json", configMap("one", String(index)));
    const empty = await open(cluster, { prefix: "empty" });
    await stores[0]?.restore(await empty.snapshot());
    const contents = await Promise.all(stores.map(contentOf));
    expect(contents).toEqual([{}, { one: "1" }, { one: "2" }, { one: "3" }]);
  });

  test("a restore by one handle is a reset for the other, and writes go on in both", async () => {
    const [one, other] = [await open(cluster), await open(cluster)];
    await one.apply("json", configMap("kept", "1"));
    const snapshot = await one.snapshot();
    await one.apply("json", configMap("gone", "1"));
    const { state } = follow(await other.watch("ConfigMap", undefined, "json"));
    await one.restore(snapshot);
    await other.apply("json", configMap("later", "2"));
    await one.apply("json", configMap("kept", "2"));
    const content = { kept: "2", later: "2" };
    expect(await contentOf(one)).toEqual(content);
    expect(await contentOf(other)).toEqual(content);
    await expect.poll(() => Object.fromEntries(state.content)).toEqual(content);
    expect(state.resets).toBe(1);
  });

  test("of two restores at once, each is whole, and one is the last", async () => {
    const [one, other] = [await open(cluster), await open(cluster)];
    const snapshots = ["x", "y"].map(async (value) => {
      const store = await open(cluster, { prefix: `of-${value}` });
      for (let i = 0; i < 300; i++) await store.apply("json", configMap(`${value}${i}`, value));
      return store.snapshot();
    });
    const [x = new Uint8Array(), y = new Uint8Array()] = await Promise.all(snapshots);
    await Promise.all([one.restore(x), other.restore(y)]);
    const content = await contentOf(one);
    expect(await contentOf(other)).toEqual(content);
    expect(Object.keys(content)).toHaveLength(300);
    expect(new Set(Object.values(content)).size).toBe(1);
  });

  test("after a restore every handle has the same revisions, and a write can name one", async () => {
    const [one, other] = [await open(cluster), await open(cluster)];
    const names = Array.from({ length: 300 }, (_, i) => `name${i}`);
    await Promise.all(names.map((name) => one.apply("json", configMap(name))));
    await one.restore(await one.snapshot());
    const revisions = async (store: StoreBackend): Promise<readonly string[]> =>
      (await store.list("ConfigMap", undefined, "json")).items.map(({ revision }) => revision);
    const seen = await revisions(one);
    expect(await revisions(other)).toEqual(seen);
    const { revision } = await one.get({ kind: "ConfigMap", name: "name7" }, "json");
    const written = await one.apply("json", configMap("name7", "2"), { ifRevision: revision });
    expect(seen).not.toContain(written.revision);
  });

  test("a store that somebody removed from the cluster is empty, and takes writes again", async () => {
    const stores = [
      await open(cluster, { prefix: "wiped" }),
      await open(cluster, { prefix: "wiped" }),
    ];
    const [store] = stores;
    await store?.apply("json", configMap("one", "1"));
    const range = { key: btoa("wiped/:"), rangeEnd: btoa("wiped/;") };
    await gateway(cluster.endpoints[0] ?? "", "kv/deleterange", range);
    await store?.apply("json", configMap("two", "2"));
    for (const each of stores) {
      await expect.poll(() => contentOf(each)).toEqual({ two: "2" });
    }
  });

  test("a store whose pointer somebody has set to another generation shows that one", async () => {
    const options = { prefix: "pointed" };
    const [store, other] = [await open(cluster, options), await open(cluster, options)];
    await store.apply("json", configMap("one", "1"));
    const { state } = follow(await other.watch("ConfigMap", undefined, "json"));
    await expect.poll(() => state.content.size).toBe(1);
    const pointer = {
      key: btoa("pointed/:current"),
      value: btoa(`${"f".repeat(16)}-${"0".repeat(16)}`),
    };
    await gateway(cluster.endpoints[0] ?? "", "kv/put", pointer);
    expect(await contentOf(other)).toEqual({});
    await store.apply("json", configMap("two", "2"));
    expect(await contentOf(other)).toEqual({ two: "2" });
    await expect.poll(() => Object.fromEntries(state.content)).toEqual({ two: "2" });
  });

  test("a store that was restored and closed leaves one generation", async () => {
    const store = await open(cluster, { prefix: "generations" });
    await store.apply("json", configMap("one"));
    const snapshot = await store.snapshot();
    for (let i = 0; i < 3; i++) await store.restore(snapshot);
    await store.close();
    const key = btoa("generations/:g/");
    const found = await gateway(cluster.endpoints[0] ?? "", "kv/range", {
      key,
      rangeEnd: btoa("generations/:g0"),
    });
    expect(found).toMatchObject({ count: "1" });
  });

  test("a value that somebody else wrote is damage, and a write repairs it", async () => {
    const store = await open(cluster, { prefix: "damaged" });
    await store.apply("json", configMap("one", "1"));
    const endpoint = cluster.endpoints[0] ?? "";
    const range = { key: btoa("damaged/:g/"), rangeEnd: btoa("damaged/:g0") };
    const found = (await gateway(endpoint, "kv/range", range)) as {
      readonly kvs: readonly { readonly key: string }[];
    };
    await gateway(endpoint, "kv/put", { key: found.kvs[0]?.key, value: btoa("nonsense") });
    expect(await failureOf(valueOf(store, "one"))).toMatchObject({ code: "corrupt" });
    const again = await open(cluster, { prefix: "damaged" });
    expect(await failureOf(valueOf(again, "one"))).toMatchObject({ code: "corrupt" });
    await again.apply("json", configMap("one", "2"));
    expect(await valueOf(store, "one")).toBe("2");
  });

  test("what etcd would not take is too_large before it is sent", async () => {
    const store = await open(cluster, { prefix: "large" });
    const payload = configMap("large", "x".repeat(900_000));
    // An array of integers takes two bytes for most of a payload's.
    const envelope = encodeEnvelope({ ref: { kind: "ConfigMap", name: "large" }, payload });
    expect(envelope.length).toBeLessThan(1_000_000);
    await store.apply("native", envelope);
    const tooLarge = configMap("large", "x".repeat(1024 * 1024));
    expect(await failureOf(store.apply("json", tooLarge))).toMatchObject({
      code: "too_large",
      outcome: "none",
    });
  });

  test("a handle that is closed has no connection left at that moment", async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = sockets();
    const store = await open(cluster, { prefix: "closed" });
    await store.watch("ConfigMap", undefined, "json");
    await store.apply("json", configMap("one"));
    expect(sockets()).toBeGreaterThan(before);
    void valueOf(store, "one").catch(() => {});
    await store.close();
    expect(sockets()).toBeLessThanOrEqual(before); // others may have ended meanwhile
  });

  test("without sync, reads come from memory and show what this handle wrote", async () => {
    const store = await open(cluster, { prefix: "memory", reads: "read-your-writes" });
    expect(store.capabilities.reads).toBe("read-your-writes");
    await store.apply("json", configMap("one", "1"));
    expect(await valueOf(store, "one")).toBe("1");
  });
});
