/** Opening a store: what is in it comes in pages, however large it is and however slow the connection. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { type Call, rangeCall } from "../src/etcd/messages.ts";
import { createRaftBackend } from "../src/index.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, open } from "./support.ts";

const server = await serverForTests(etcd);

/** Bytes that go through in a second: no page of the first size comes in time. */
const BYTES_PER_SECOND = 4 * 1024 * 1024;

/** An address from which answers of a member come slowly. */
async function slowly(endpoint: string): Promise<string> {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(endpoint).port), "127.0.0.1");
    client.pipe(upstream);
    upstream.on("data", (data: Buffer) => {
      client.write(data);
      upstream.pause();
      setTimeout(() => upstream.resume(), (data.length / BYTES_PER_SECOND) * 1_000);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).once("close", () => to.destroy());
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test.skipIf(server === undefined)(
  "a store whose first page does not come in time is opened all the same",
  { timeout: 60_000 },
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const source = await open(cluster);
    const large = "x".repeat(500_000);
    for (let i = 0; i < 40; i++) await source.apply("json", configMap(`name${i}`, large));
    const endpoint = await slowly(cluster.endpoints[0] ?? "");
    const store = await createRaftBackend({ endpoints: [endpoint], prefix: "test" });
    onTestFinished(() => store.close());
    expect(store.resourceCount()).toBe(40);
  },
);

/** Aborts a signal when it is asked for a page, and counts pages. */
class PagingClient extends EtcdClient {
  readonly controller = new AbortController();
  pages = 0;

  override ask<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    share?: number,
  ): Promise<Response> {
    const isPage = Object.is(call, rangeCall) && inspect(request).includes("limit");
    if (isPage) {
      this.pages++;
      this.controller.abort(new Error("nobody waits"));
    }
    return super.ask(call, request, share);
  }
}

test.skipIf(server === undefined)(
  "a load that nobody waits for any more asks no more",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const source = await open(cluster);
    for (let i = 0; i < 20; i++) await source.apply("json", configMap(`name${i}`));
    const client = new PagingClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    onTestFinished(() => client.close());
    const driver = new RaftDriver(client, layoutOf("test"));
    await expect(driver.load(client.controller.signal)).rejects.toThrow("nobody waits");
    expect(client.pages).toBe(1);
  },
);
