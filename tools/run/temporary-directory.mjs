/** Finds a place for temporary files that is a disk: on many systems /tmp is memory, where nothing survives a loss of power. */

import { statfsSync } from "node:fs";

/** The type that the kernel gives for tmpfs (linux/magic.h). */
const tmpfs = 0x01021994;

/** For temporary files that outlive a boot (FHS), and so on a disk. */
const onDisk = "/var/tmp";

/**
 * @param {string} own Where temporary files go by themselves.
 * @returns {string} The same, or where it is memory, a directory that is not.
 */
export function temporaryDirectory(own) {
  return isMemory(own) && !isMemory(onDisk) ? onDisk : own;
}

/** @param {string} directory One that is not there is none. */
function isMemory(directory) {
  try {
    return statfsSync(directory).type === tmpfs;
  } catch {
    return true;
  }
}
