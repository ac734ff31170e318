/** The cluster that all cases of the suite share: three members, started when the first case needs them. */

import { etcd, type EtcdCluster, serverForTests, startEtcd } from "@engenho/testbed";

const server = await serverForTests(etcd);

/** Whether there is an etcd to measure on; where there is none, that has been said. */
export const hasEtcd: boolean = server !== undefined;

/** In bytes: nothing is compacted away while it is measured, and etcd's default is 2 GB. */
const quota = 8 * 1024 ** 3;

let started: Promise<EtcdCluster> | undefined;
let stores = 0;

/** Where the members are. They end with this process. */
export async function endpoints(): Promise<readonly string[]> {
  if (server === undefined) throw new Error("there is no etcd");
  started ??= startEtcd({ server, size: 3, flags: ["--quota-backend-bytes", String(quota)] });
  return (await started).endpoints;
}

/** A prefix that no other store has, always of the same length. */
export function freshPrefix(): string {
  return `bench-${String(stores++).padStart(4, "0")}`;
}
