/** A feed that nobody wants any more before it has begun. */

import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import type { Call } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { gateway } from "./support.ts";

const server = await serverForTests(etcd);

/** A client whose questions wait for a gate, once there is one. */
class GatedClient extends EtcdClient {
  gate: PromiseWithResolvers<void> | undefined;
  readonly asked = Promise.withResolvers<void>();

  override async ask<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    share?: number,
  ): Promise<Response> {
    if (this.gate !== undefined) this.asked.resolve();
    await this.gate?.promise;
    return super.ask(call, request, share);
  }
}

test.skipIf(server === undefined)(
  "a feed that is given up while its member is behind leaves no watch",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new GatedClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    onTestFinished(() => client.close());
    const driver = new RaftDriver(client, layoutOf("test"));
    const { position = 0n } = await driver.load();
    client.gate = Promise.withResolvers();
    const ending = new AbortController();
    const opening = driver.changes(position + 1n, ending.signal);
    await client.asked.promise;
    const put = { key: btoa("other"), value: "" };
    for (let i = 0; i < 2; i++) await gateway(cluster.endpoints[0] ?? "", "kv/put", put);
    expect(driver.diagnostics()).toMatchObject({ watchedEndpoint: cluster.endpoints[0] });
    ending.abort();
    client.gate.resolve();
    await (await opening)[Symbol.asyncIterator]().return?.();
    expect(driver.diagnostics()).toMatchObject({ watchedEndpoint: null });
  },
);
