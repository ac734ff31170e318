/** Restores of one store at once, one of them stopped where it matters. */

import { inspect } from "node:util";
import { encodeEnvelope, type Revision, type StoredEntry } from "@engenho/sdk";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { type Call, compareTarget, rangeCall } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { currentGeneration, newGenerationId } from "../src/load-generation.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { writeGeneration } from "../src/write-generation.ts";

const server = await serverForTests(etcd);

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
    const ref = { kind: "ConfigMap", name: "one" };
    const envelope = encodeEnvelope({ ref, payload: new Uint8Array() });
    const entry: StoredEntry = { ref, envelope, revision: "1" as Revision };
    let next = "";
    slow.beforeRemoval = async () => {
      const { generation } = await currentGeneration(fast, layout);
      next = newGenerationId(generation.revision);
      const { pointer: key } = layout;
      const guard = { target: compareTarget.modified, key, modRevision: generation.revision };
      await writeGeneration({ client: fast, layout, id: next, guard }, [entry]);
    };
    const driver = new RaftDriver(slow, layout);
    await driver.load();
    await driver.replaceAll([entry]);
    expect((await fast.ask(rangeCall, layout.generation(next))).kvs).toHaveLength(1);
  },
);
