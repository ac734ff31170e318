/** Real servers for tests: found or made, started, ill-treated, and gone without a trace. */

export { type EtcdCluster, type EtcdClusterOptions, startEtcd } from "./etcd/etcd-cluster.ts";
export type { EtcdMember } from "./etcd/etcd-member.ts";
export { freePorts } from "./run/free-ports.ts";
export { type Network, networkProblem } from "./run/network.ts";
export { etcd } from "./servers/etcd.ts";
export { type FoundServer, findServer, ServerMissingError } from "./servers/find-server.ts";
export type { ServerKind } from "./servers/server-kind.ts";
export { serverForTests } from "./servers/server-for-tests.ts";
