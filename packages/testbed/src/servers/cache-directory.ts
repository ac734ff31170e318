/** Where servers are kept once they are made: outside the checkout, so that a fresh one has them too. */

import { mkdir, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { mustRun } from "./run-program.ts";

/** `ENGENHO_TESTBED_CACHE`, else `engenho-testbed` where the user's caches are. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const { ENGENHO_TESTBED_CACHE: own, XDG_CACHE_HOME: caches } = environment;
  return own ?? join(caches ?? join(homedir(), ".cache"), "engenho-testbed");
}

/**
 * Runs the action while no other process of this machine does so in the same directory. The kernel's
 * lock is on our open file, which `flock` inherits, and goes with this process however it ends.
 */
export async function alone<Result>(
  directory: string,
  action: () => Promise<Result>,
): Promise<Result> {
  await mkdir(directory, { recursive: true });
  const file = await open(join(directory, "lock"), "w");
  try {
    const stdio = ["ignore", "ignore", "pipe", file.fd] as const;
    await mustRun("flock", ["--exclusive", "3"], { stdio: [...stdio], timeoutMs: 3_600_000 });
    return await action();
  } finally {
    await file.close();
  }
}
