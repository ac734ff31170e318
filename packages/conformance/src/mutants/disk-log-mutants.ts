/** Mutants that acknowledge what they have in a log, and write it to its place later. */

import { decodeSnapshot, encodeSnapshot, referenceKey, type StoredEntry } from "@engenho/sdk";
import { pathOf, removeFile, replaceFile, sealed, unsealed } from "./disk-driver.ts";
import { type DiskDriverBug, onDiskDriver } from "./disk-store.ts";
import type { Mutant } from "./mutant.ts";

export const diskLogMutants: readonly Mutant[] = [
  {
    id: "disk-log-emptied-first",
    title: "empties its log at the end before it has written what is in it to its place",
    breaks: ["DUR-008", "DUR-003", "DUR-011"],
    make: onDiskDriver(emptiesLogFirst),
  },
];

/** A snapshot of what was acknowledged and is not in its place yet. */
const logFile = "_log";

function emptiesLogFirst(
  ...[disk, reached, sound]: Parameters<DiskDriverBug>
): ReturnType<DiskDriverBug> {
  const logged = new Map<string, StoredEntry>();
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
  const writeToPlaces = async (): Promise<void> => {
    for (const { ref, envelope } of logged.values())
      await replaceFile(disk, pathOf(ref), sealed(envelope));
  };
  const settle = async (): Promise<void> => {
    await writeToPlaces();
    logged.clear();
    await removeFile(disk, logFile);
  };
  return {
    prepare: async () => {
      await sound.prepare();
      if (!(await disk.list("")).includes(logFile)) return;
      for (const { ref, envelope } of decodeSnapshot(unsealed(await disk.read(logFile))))
        await replaceFile(disk, pathOf(ref), sealed(envelope));
      await removeFile(disk, logFile);
    },
    put: (entry) =>
      alone(async () => {
        logged.set(referenceKey(entry.ref), entry);
        const snapshot = [...logged.values()].map(({ ref, envelope }) => ({ ref, envelope }));
        await replaceFile(disk, logFile, sealed(encodeSnapshot(snapshot)));
      }),
    remove: (...args) => alone(() => settle().then(() => sound.remove(...args))),
    replaceAll: (entries) => alone(() => settle().then(() => sound.replaceAll?.(entries))),
    close: () =>
      alone(async () => {
        if (logged.size > 0) {
          reached();
          await removeFile(disk, logFile);
          await writeToPlaces();
        }
        await sound.close();
      }),
  };
}
