/** The etcd backend on three members on this machine, beside what `@grpc/grpc-js` by itself does with the same cluster. */

import type { BenchCase } from "../src/bench-case.ts";
import { hasEtcd } from "./raft/cluster.ts";
import { leaderLoss } from "./raft/leader-loss.ts";
import { readCases } from "./raft/reads.ts";
import { readsDuringRestores } from "./raft/reads-during-restores.ts";
import { restoreCases } from "./raft/restores.ts";
import { watchCases } from "./raft/watch-latency.ts";
import { writeCases } from "./raft/writes.ts";

export const cases: readonly BenchCase[] = hasEtcd
  ? [...writeCases, ...readCases, ...watchCases, ...restoreCases, readsDuringRestores, leaderLoss]
  : [];
