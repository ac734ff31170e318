/**
 * A process that starts three members, stalls one of them, says where they are, and waits to be
 * killed: `node cluster-child.ts <loopback|namespaces>`.
 */

import { etcd, findServer, startEtcd } from "@engenho/testbed";

const [place] = process.argv.slice(2);
const server = await findServer(etcd);
const cluster = await startEtcd({ server, size: 3, namespaces: place === "namespaces" });
cluster.members[0]?.pause();
console.log(JSON.stringify({ endpoints: cluster.endpoints }));
setInterval(() => {}, 60_000);
