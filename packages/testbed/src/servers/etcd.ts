/** etcd, for backend-raft. */

import type { ServerKind } from "./server-kind.ts";

/**
 * Before 3.5.13 a watch could lose events under compaction (etcd's changelog of 3.5), and recent
 * kube-apiservers refuse older ones.
 */
export const etcd: ServerKind = {
  name: "etcd",
  variable: "ENGENHO_ETCD",
  minimumVersion: "3.5.13",
  versionArguments: ["--version"],
  versionPattern: /^etcd Version: (\S+)$/m,
  go: {
    directory: new URL("../../go/etcd/", import.meta.url),
    package: "go.etcd.io/etcd/server/v3",
    duration: "one or two minutes",
  },
  debian: { package: "etcd-server", program: "usr/bin/etcd" },
};
