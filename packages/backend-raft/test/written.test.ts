/** What the driver says of its writes. */

import { encodeEnvelope, type Revision, type StoredEntry } from "@engenho/sdk";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test } from "vitest";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { layoutOf } from "../src/layout.ts";
import { RaftDriver } from "../src/raft-driver.ts";

const server = await serverForTests(etcd);
const refOf = (name: string) => ({ kind: "ConfigMap", namespace: "default", name });
const entry = (name: string): StoredEntry => ({
  ref: refOf(name),
  envelope: encodeEnvelope({ ref: refOf(name), payload: new Uint8Array() }),
  revision: "given by etcd" as Revision,
});

test.skipIf(server === undefined)(
  "a write by itself follows the revision before it; of one that shares its revision, or has changed nothing, nobody knows",
  async () => {
    if (server === undefined) throw new Error("skipped without it");
    const cluster = await startEtcd({ server });
    onTestFinished(() => cluster.close(), 30_000);
    const client = new EtcdClient({ endpoints: cluster.endpoints, timeoutMs: 5_000 });
    const driver = new RaftDriver(client, layoutOf("store"));
    onTestFinished(() => driver.close());
    const { position: empty = 0n } = await driver.load();

    const alone = await driver.put(entry("alone"), "absent");
    expect(alone).toMatchObject({ position: empty + 1n, previous: empty });
    const removed = await driver.remove(refOf("alone"), alone.revision);
    expect(removed).toMatchObject({ position: empty + 2n, previous: empty + 1n });

    const [one, two] = await Promise.all([
      driver.put(entry("one"), "absent"),
      driver.put(entry("two"), "absent"),
    ]);
    expect(one).toMatchObject({ position: empty + 3n, previous: undefined });
    expect(two).toMatchObject({ position: empty + 3n, previous: undefined });

    const nothing = await driver.remove(refOf("three"), undefined);
    expect(nothing).toMatchObject({ position: empty + 3n, previous: undefined, replaced: false });
  },
);
