/** Directories that are gone when the run is: at the latest when the process exits. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const present = new Set<string>();

/** Makes an empty directory, at once, and returns its real path. */
export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "conformance-"));
  if (present.size === 0) process.once("exit", removeAll);
  present.add(directory);
  return directory;
}

/** Removes such a directory with all that is in it. */
export async function removeTemporaryDirectory(directory: string): Promise<void> {
  // Whatever is still writing there gets a moment: the retries are for ENOTEMPTY and EBUSY.
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  present.delete(directory);
  if (present.size === 0) process.off("exit", removeAll);
}

function removeAll(): void {
  for (const directory of present) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // The process is ending: there is nobody left to tell.
    }
  }
}
