/** What a run ran on. */

import { availableParallelism } from "node:os";
import type { Environment } from "./report.ts";

/** The present process and machine; nothing that names a person or a machine. */
export function currentEnvironment(): Environment {
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    cpus: availableParallelism(),
  };
}
