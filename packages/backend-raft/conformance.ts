/** The Raft backend under judgement, on a real cluster of three. */

import { createHash } from "node:crypto";
import { defineSubject, samplesFrom, type StoreContext, type Subject } from "@engenho/conformance";
import type { ResourceRef, StoreBackend } from "@engenho/sdk";
import { etcd, findServer, startEtcd } from "@engenho/testbed";
import { EtcdClient } from "./src/etcd/etcd-client.ts";
import { rangeCall, txnCall } from "./src/etcd/messages.ts";
import { createRaftBackend } from "./src/index.ts";
import { layoutOf } from "./src/layout.ts";
import { currentGeneration } from "./src/load-generation.ts";

/** A cluster that is there already, for processes that this one starts. */
const variable = "ENGENHO_RAFT_ENDPOINTS";

// Before any requirement runs: the cluster is nobody's leak, and ends with this process.
const endpoints = (process.env[variable] ??= await startCluster()).split(",");

const subject: Subject = defineSubject({
  name: "etcd-raft",
  open,
  reopen: open,
  async crash(context, survivor) {
    await copyInstant(prefixOf(context), prefixOf(survivor));
    return open(survivor);
  },
  damage: { truncate },
  module: import.meta.url,
  samples: samplesFrom(new URL("../../examples/manifests", import.meta.url)),
});

export default subject;

async function startCluster(): Promise<string> {
  const cluster = await startEtcd({ server: await findServer(etcd), size: 3 });
  return cluster.endpoints.join(",");
}

function open(context: StoreContext): Promise<StoreBackend> {
  return createRaftBackend({ endpoints, prefix: prefixOf(context) });
}

/** A directory stands for a store. */
function prefixOf({ directory }: StoreContext): string {
  return createHash("sha256").update(directory).digest("hex").slice(0, 16);
}

/** A sudden end leaves what the cluster has: everything below a prefix as it is at one revision. */
function copyInstant(from: string, to: string): Promise<void> {
  return withClient(async (client) => {
    const { kvs } = await client.ask(rangeCall, layoutOf(from).all);
    for (const { key, value } of kvs) {
      const copied = Buffer.from(Buffer.from(key).toString("utf8").replace(from, to));
      await client.ask(txnCall, { success: [{ put: { key: copied, value: [value] } }] });
    }
  });
}

/** Leaves half of what the resource's key holds. */
function truncate(context: StoreContext, ref: ResourceRef): Promise<void> {
  return withClient(async (client) => {
    const layout = layoutOf(prefixOf(context));
    const { generation } = await currentGeneration(client, layout);
    const key = layout.resource(generation.id, ref);
    const { kvs } = await client.ask(rangeCall, { key });
    const { value = new Uint8Array() } = kvs[0] ?? {};
    const half = value.subarray(0, value.length / 2);
    await client.ask(txnCall, { success: [{ put: { key, value: [half] } }] });
  });
}

async function withClient(act: (client: EtcdClient) => Promise<void>): Promise<void> {
  // A busy machine may take its time: it is not what is judged here.
  const client = new EtcdClient({ endpoints, timeoutMs: 30_000 });
  try {
    await act(client);
  } finally {
    await client.close();
  }
}
