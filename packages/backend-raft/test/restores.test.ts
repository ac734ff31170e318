/** Restores of one store at once, one of them stopped where it matters; and one that fails. */

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
    await driver.replaceAll(entries);
    await driver.close();
    expect((await fast.ask(rangeCall, layout.generation(next))).kvs).toHaveLength(1);
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
    const failure = await failureOf(driver.replaceAll(entriesOf(300, "x".repeat(60_000))));
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
