/** What a run ran on; nothing that names a person or a machine. */

import { availableParallelism, cpus, release, totalmem, type } from "node:os";

export interface Machine {
  /** The processor's model. */
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
}

/** The present machine. */
export function currentMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
  };
}
