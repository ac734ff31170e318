/** Writes that nobody answered and that come late, on a real member: they change nothing that was written since. */

import { status } from "@grpc/grpc-js";
import { encodeEnvelope, type Revision, type StoredEntry } from "@engenho/sdk";
import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import type { Call } from "../src/etcd/messages.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";
import { configMap, failureOf } from "./support.ts";

const server = await serverForTests(etcd);

/** A client whose orders stay on their way, once it is told so. */
class LateClient extends EtcdClient {
  isLate = false;
  readonly #late: (() => Promise<unknown>)[] = [];

  override async order<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
  ): Promise<Response> {
    if (!this.isLate) return super.order(call, request);
    this.#late.push(() => super.order(call, request));
    const details = "Deadline exceeded after 1s";
    throw Object.assign(new Error(details), { code: status.DEADLINE_EXCEEDED, details });
  }

  /** Resolves when they have come. */
  async arrive(): Promise<void> {
    await Promise.all(this.#late.map((order) => order()));
  }
}

const ref = { kind: "ConfigMap", name: "one" };

function entry(value: string): StoredEntry {
  const payload = configMap("one", value);
  const revision = "unused" as Revision;
  return { ref, envelope: encodeEnvelope({ ref, format: "json", payload }), revision };
}

describe.skipIf(server === undefined)("a write that expects nothing and comes late", () => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    if (server !== undefined) cluster = await startEtcd({ server });
  });
  afterAll(() => cluster.close());

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
