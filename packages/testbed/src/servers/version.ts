/** Versions of servers: as a program tells its own, and in order. */

import { runProgram } from "./run-program.ts";
import type { ServerKind } from "./server-kind.ts";

/** What the program says its version is; undefined if it does not run or says none. */
export async function versionOf(kind: ServerKind, path: string): Promise<string | undefined> {
  const { output, complaint } = await runProgram(path, kind.versionArguments);
  return kind.versionPattern.exec(output + complaint)?.[1];
}

/** By the numbers; `3.6.0-rc.1` and Debian's `1:3.6.0-2` count as `3.6.0`. */
export function isOlder(version: string, minimum: string): boolean {
  const [ours, theirs] = [numbers(version), numbers(minimum)];
  for (let place = 0; place < Math.max(ours.length, theirs.length); place++) {
    const difference = (ours[place] ?? 0) - (theirs[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(version: string): readonly number[] {
  return (/\d+(?:\.\d+)*(?!\d*:)/.exec(version)?.[0] ?? "").split(".").map(Number);
}
