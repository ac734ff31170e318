/** One process per log directory: a kernel lock on a file in it, gone with the process however it ends. */

import { close, constants, open } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BackendError } from "@engenho/sdk";
import { tryLock } from "fs-native-extensions";

const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * Locks a directory for this handle alone, and gives what unlocks it.
 *
 * @throws BackendError `locked` if another handle has it, of this process or another one. Error, the system's.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  // A bare descriptor: garbage collection closes a FileHandle, and the lock with it. Children don't inherit it.
  const descriptor = await promisify(open)(join(directory, "_lock"), flags, 0o600);
  const unlock = (): Promise<void> => promisify(close)(descriptor);
  let isLocked = false;
  try {
    isLocked = tryLock(descriptor);
  } finally {
    if (!isLocked) await unlock();
  }
  if (isLocked) return unlock;
  const reason = `the log directory ${directory} is open in another process or handle`;
  throw new BackendError("locked", reason);
}
