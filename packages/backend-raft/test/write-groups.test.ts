/** Writes that share transactions, on a real member: each has its own answer, and none waits for one that is stalled. */

import { setImmediate } from "node:timers/promises";
import { BackendError } from "@engenho/sdk";
import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Draft } from "../src/etcd/codec.ts";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import type { Call } from "../src/etcd/messages.ts";
import { type GroupedWrite, WriteGroups } from "../src/write-groups.ts";
import { configMap, contentOf, open } from "./support.ts";

const server = await serverForTests(etcd);

/** A client whose first transactions are answered only when the gate opens. */
class StalledClient extends EtcdClient {
  stalled = 0;
  readonly gate = Promise.withResolvers<void>();

  override async order<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
  ): Promise<Response> {
    if (this.stalled-- > 0) await this.gate.promise;
    return super.order(call, request);
  }
}

/** A write without a condition. */
function putting(name: string): GroupedWrite {
  const put = { key: Buffer.from(`groups/${name}`), value: [Buffer.from(name)] };
  return { request: { success: [{ put }] }, bytes: 100, grows: true };
}

describe.skipIf(server === undefined)("writes at once", () => {
  let cluster: EtcdCluster;

  beforeAll(async () => {
    if (server !== undefined) cluster = await startEtcd({ server });
  });
  afterAll(() => cluster.close());

  test("share transactions, and only those whose own condition does not hold are refused", async () => {
    const store = await open(cluster, { prefix: "conditions" });
    const there = await store.apply("json", configMap("name0", "old"));
    const names = Array.from({ length: 150 }, (_, i) => `name${i}`);
    const results = await Promise.allSettled(
      names.map((name, i) => {
        const ifRevision = i % 3 === 1 ? there.revision : undefined;
        const options = ifRevision === undefined ? {} : { ifRevision };
        return store.apply("json", configMap(name, "new"), options);
      }),
    );
    const codes = results.map((each) =>
      each.status === "rejected" ? BackendError.from(each.reason).code : "done",
    );
    expect(codes).toEqual(names.map((_, i) => (i % 3 === 1 ? "conflict" : "done")));
    const revisions = results.flatMap((each) =>
      each.status === "fulfilled" ? [each.value.revision] : [],
    );
    expect(new Set(revisions).size).toBeLessThan(revisions.length / 2);
    const content = await contentOf(store);
    expect(Object.keys(content)).toHaveLength(100);
    expect(new Set(Object.values(content))).toEqual(new Set(["new"]));
  });

  test("are no more in a transaction than etcd takes", async () => {
    const store = await open(cluster, { prefix: "many", timeoutMs: 15_000 });
    const large = Array.from({ length: 6 }, (_, i) => [`large${i}`, "x".repeat(700_000)] as const);
    const small = Array.from({ length: 300 }, (_, i) => [`small${i}`, "x"] as const);
    const all = [...large, ...small];
    await Promise.all(all.map(([name, value]) => store.apply("json", configMap(name, value))));
    expect(await contentOf(store)).toEqual(Object.fromEntries(all));
  });

  test("and later ones do not wait for one that is not answered", async () => {
    const client = new StalledClient({ endpoints: cluster.endpoints, timeoutMs: 15_000 });
    onTestFinished(() => client.close());
    const groups = new WriteGroups(client);
    client.stalled = 2;
    const stalled: Promise<unknown>[] = [];
    for (const name of ["a", "b"]) {
      stalled.push(groups.write(putting(name)));
      await setImmediate();
      await setImmediate();
    }
    expect(await groups.write(putting("c"))).toMatchObject({ succeeded: true });
    client.gate.resolve();
    expect(await Promise.all(stalled)).toMatchObject([{ succeeded: true }, { succeeded: true }]);
  });
});
