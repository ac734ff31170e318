/** Finds the files below a directory that this process still has open. */

import { readdirSync, readlinkSync } from "node:fs";
import { relative, sep } from "node:path";

const descriptors = "/proc/self/fd";

/** The paths, relative to the directory, of the open files below it; none where there is no /proc. */
export function openFilesBelow(directory: string): string[] {
  const names = attempt(() => readdirSync(descriptors)) ?? [];
  return names.flatMap((name) => {
    // The descriptor that listed the directory is gone by now.
    const path = attempt(() => readlinkSync(`${descriptors}/${name}`));
    const isBelow = path !== undefined && (path === directory || path.startsWith(directory + sep));
    return isBelow ? [relative(directory, path) || "."] : [];
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
