/** What a handle makes of a past that is not the one it knows: a real cluster that is another one all of a sudden. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { encodeEnvelope, type Revision } from "@engenho/sdk";
import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { describe, expect, onTestFinished, test } from "vitest";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { createRaftBackend } from "../src/index.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, contentOf, follow, open } from "./support.ts";

const server = await serverForTests(etcd);

async function start(): Promise<EtcdCluster> {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ server });
  onTestFinished(() => cluster.close(), 30_000);
  return cluster;
}

function driverOn({ endpoints }: EtcdCluster): RaftDriver {
  const driver = new RaftDriver(new EtcdClient({ endpoints, timeoutMs: 5_000 }), layoutOf("test"));
  onTestFinished(() => driver.close());
  return driver;
}

/** One address, behind which there is one cluster or another. */
async function openSwitch(first: EtcdCluster) {
  const sockets = new Set<Socket>();
  let [target = ""] = first.endpoints;
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).once("close", () => sockets.delete(from));
      from.pipe(to);
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const reset = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    reset();
    proxy.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    change({ endpoints: [next = ""] }: EtcdCluster): void {
      target = next;
      reset();
    },
  };
}

describe.skipIf(server === undefined)("a handle", { timeout: 60_000 }, () => {
  test("whose cluster was set back shows what is there, and has its watches start over", async () => {
    const [before, after] = [await start(), await start()];
    const address = await openSwitch(before);
    const store = await createRaftBackend({ endpoints: [address.endpoint], prefix: "test" });
    onTestFinished(() => store.close());
    for (let i = 0; i < 20; i++) await store.apply("json", configMap("lost", String(i)));
    const { state } = follow(await store.watch("ConfigMap", undefined, "json"));
    const other = await open(after);
    await other.apply("json", configMap("kept", "1"));
    address.change(after);
    await expect
      .poll(() => contentOf(store).catch(() => undefined), { timeout: 20_000 })
      .toEqual({ kept: "1" });
    await other.apply("json", configMap("kept", "2"));
    await expect.poll(() => Object.fromEntries(state.content)).toEqual({ kept: "2" });
    expect(state.resets).toBe(1);
    await store.apply("json", configMap("new", "3"));
    expect(await contentOf(other)).toEqual({ kept: "2", new: "3" });
  });

  test("that has given a load up goes on with what it shows", async () => {
    const cluster = await start();
    const [driver, other] = [driverOn(cluster), driverOn(cluster)];
    const { position = 0n } = await driver.load();
    const { generation } = driver.diagnostics();
    const ref = { kind: "ConfigMap", name: "one" };
    const envelope = encodeEnvelope({ ref, payload: new Uint8Array() });
    await other.replaceAll([{ ref, envelope, revision: "1" as Revision }]);
    await expect(driver.load(AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(driver.diagnostics()).toMatchObject({ generation });
    // It has loaded; but the one who asked did not wait until it was shown.
    await driver.load();
    const { signal } = new AbortController();
    for await (const event of await driver.changes(position, signal))
      expect(event).toMatchObject({ type: "gap" });
  });

  test("is told everything by a new connection, whatever an old one goes on telling", async () => {
    const cluster = await start();
    const driver = driverOn(cluster);
    const { position: from = 0n } = await driver.load();
    const iterators = [];
    for (let i = 0; i < 2; i++) {
      const events = await driver.changes(from, new AbortController().signal);
      iterators.push(events[Symbol.asyncIterator]());
    }
    const ref = { kind: "ConfigMap", name: "one" };
    const entry = { ref, envelope: encodeEnvelope({ ref, payload: new Uint8Array() }) };
    await driver.put({ ...entry, revision: "1" as Revision }, "absent");
    for (const iterator of iterators)
      expect((await iterator.next()).value).toMatchObject({ changes: [{ type: "put" }] });
    for (const iterator of iterators) await iterator.return?.();
  });
});
