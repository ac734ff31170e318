/** A cluster on which nobody writes anything. */

import { setTimeout as delay } from "node:timers/promises";
import { createBackend } from "@engenho/sdk";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, contentOf } from "./support.ts";

const server = await serverForTests(etcd);
/** Longer than a member may be silent. */
const quietMs = 4_500;

/** A client that notes from which revision its watches begin. */
class NotingClient extends EtcdClient {
  readonly begins: (bigint | undefined)[] = [];

  override async watch(): ReturnType<EtcdClient["watch"]> {
    const stream = await super.watch();
    const write = stream.write.bind(stream);
    return Object.assign(stream, {
      write: (request: Parameters<typeof write>[0]) => {
        if (request.create !== undefined) this.begins.push(request.create.startRevision);
        return write(request);
      },
    });
  }
}

test.skipIf(server === undefined)(
  "keeps its watches, begins each feed at most twice, and is told of nothing twice",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new NotingClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const driver = new RaftDriver(client, layoutOf("test"));
    const store = await createBackend(driver, { name: "quiet" });
    onTestFinished(() => store.close());
    // The last revision is the pointer's own, and then a resource's.
    await store.restore(new Uint8Array([0x80]));
    const told: string[] = [];
    const watch = await store.watch("ConfigMap", undefined, "json");
    const following = (async () => {
      for await (const event of watch) told.push(event.type);
    })();
    // The restore's own feed may begin later than the watch. The first one is from what is to come, the next is answered.
    await delay(quietMs);
    const begins = [...client.begins];
    expect(begins.length).toBeLessThanOrEqual(3);
    const [toCome = 0n, last = 0n] = begins.slice(-2);
    expect(toCome).toBe(last + 1n);
    await delay(quietMs);
    await store.apply("json", configMap("one", "1"));
    await delay(quietMs);
    expect(client.begins).toEqual(begins);
    await store.apply("json", configMap("one", "2"));
    expect(await contentOf(store)).toEqual({ one: "2" });
    await expect.poll(() => told).toEqual(["bookmark", "added", "modified"]);
    expect(store.diagnostics()["feed"]).toMatchObject({ following: true });
    await watch.close();
    await following;
  },
  45_000,
);
