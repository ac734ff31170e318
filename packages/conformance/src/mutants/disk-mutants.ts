/** Mutants that do not sync what they acknowledge, on a disk that drops what is not synced. */

import { onDisk } from "./disk-store.ts";
import type { Mutant } from "./mutant.ts";

export const diskMutants: readonly Mutant[] = [
  {
    id: "disk-file-not-synced",
    title: "renames a file that it has not synced",
    breaks: ["CORE-105"],
    make: onDisk((_, reached) => ({ syncFile: async () => reached() })),
  },
  {
    id: "disk-directory-not-synced",
    title: "does not sync the directory that it has renamed a file in",
    breaks: ["CORE-105"],
    make: onDisk((_, reached) => ({ syncDirectory: async () => reached() })),
  },
  {
    id: "disk-removal-not-synced",
    title: "does not sync the directory that it has removed a file from",
    breaks: ["CORE-105"],
    says: /behind the delete/,
    make: onDisk((disk, reached) => {
      let hasRemoved = false;
      return {
        remove: async (path) => {
          await disk.remove(path);
          hasRemoved = true;
        },
        syncDirectory: async (path) => {
          if (hasRemoved) reached();
          else await disk.syncDirectory(path);
          hasRemoved = false;
        },
      };
    }),
  },
  {
    id: "disk-synced-after-rename",
    title: "syncs the directory before it renames, rather than after",
    breaks: ["CORE-105"],
    make: onDisk((disk, reached) => ({
      rename: async (from, to) => {
        await disk.syncDirectory("");
        await disk.rename(from, to);
      },
      syncDirectory: async () => reached(),
    })),
  },
  {
    id: "disk-truncates-in-place",
    title: "writes over a file in place, so that a crash finds a part of it",
    breaks: ["CORE-103"],
    make: onDisk((disk, reached) => ({
      write: async (path, bytes) => {
        const target = path.replace(/\.new$/, "");
        reached();
        await disk.write(target, bytes.slice(0, bytes.length / 2));
        await disk.write(target, bytes);
      },
      syncFile: (path) => disk.syncFile(path.replace(/\.new$/, "")),
      rename: async () => {},
    })),
  },
];
