/** Mutants that use their disk wrongly: one in memory that ends at any step, and drops what is not synced. */

import { BackendError } from "@engenho/sdk";
import {
  aside,
  carryOut,
  checkVersion,
  intentFile,
  isResource,
  metaFile,
  removeFile,
  replaceFile,
  unsealed,
} from "./disk-driver.ts";
import { onDisk, onDiskDriver } from "./disk-store.ts";
import type { Mutant } from "./mutant.ts";

const busyFile = "_busy";

export const diskMutants: readonly Mutant[] = [
  {
    id: "disk-file-not-synced",
    title: "renames a file that it has not synced",
    breaks: ["CORE-105", "DUR-011"],
    make: onDisk((disk, reached) => ({
      syncFile: async (path) => {
        if (isResource(path)) reached();
        else await disk.syncFile(path);
      },
    })),
  },
  {
    id: "disk-directory-not-synced",
    title: "does not sync the directory that it has renamed a file in",
    breaks: ["CORE-105", "DUR-011"],
    make: onDisk((_, reached) => ({ syncDirectory: async () => reached() })),
  },
  {
    id: "disk-removal-not-synced",
    title: "does not sync the directory that it has removed a file from",
    breaks: ["CORE-105", "DUR-011"],
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
    breaks: ["CORE-105", "DUR-011"],
    make: onDisk((disk, reached) => ({
      rename: async (from, to) => {
        await disk.syncDirectory("");
        await disk.rename(from, to);
      },
      syncDirectory: async () => reached(),
    })),
  },
  {
    id: "disk-file-synced-late",
    title: "syncs a file after it has renamed it, and before it acknowledges",
    breaks: ["DUR-011"],
    make: onDisk((disk, reached) => {
      let renamed: string | undefined;
      return {
        syncFile: async () => {},
        rename: async (from, to) => {
          await disk.rename(from, to);
          renamed = to;
        },
        syncDirectory: async (path) => {
          if (renamed !== undefined) {
            reached();
            await disk.syncFile(renamed);
          }
          renamed = undefined;
          await disk.syncDirectory(path);
        },
      };
    }),
  },
  {
    id: "disk-leftover-in-the-way",
    title: "cannot write while a file that an earlier write was ended in is there",
    breaks: ["DUR-008", "DUR-005", "DUR-009", "DUR-011"],
    says: /the same write once more/,
    make: onDisk((disk, reached) => ({
      write: async (path, bytes) => {
        if ((await disk.list("")).includes(path)) {
          reached();
          throw new BackendError("conflict", `${path} is there already`);
        }
        await disk.write(path, bytes);
      },
    })),
  },
  {
    id: "disk-recreated-in-place",
    title: "writes a file in place if one of its name was removed before",
    breaks: ["DUR-008"],
    mayFail: ["DUR-011"],
    make: onDisk((disk, reached) => {
      const removed = new Set<string>();
      return {
        remove: async (path) => {
          await disk.remove(path);
          removed.add(path);
        },
        write: async (path, bytes) => {
          const target = path.replace(aside, "");
          if (removed.has(target)) {
            reached();
            await disk.write(target, bytes.slice(0, bytes.length / 2));
            await disk.write(target, bytes);
          }
          await disk.write(path, bytes);
        },
      };
    }),
  },
  {
    id: "disk-busy-file-left-behind",
    title: "takes a file that says that it is writing for another process, even after a sudden end",
    breaks: ["DUR-002", "DUR-001", "DUR-003", "DUR-005", "DUR-008", "DUR-010", "DUR-011"],
    make: onDiskDriver((disk, reached, sound) => {
      let writing = 0;
      return {
        prepare: async () => {
          if ((await disk.list("")).includes(busyFile)) {
            reached();
            throw new BackendError("locked", "another process is writing", { verb: "open" });
          }
          await sound.prepare();
        },
        put: async (...args) => {
          if (writing++ === 0) await replaceFile(disk, busyFile, Uint8Array.of(1));
          try {
            await sound.put(...args);
          } finally {
            if (--writing === 0) await removeFile(disk, busyFile);
          }
        },
      };
    }),
  },
  {
    id: "disk-meta-in-place",
    title: "writes the file that says its version in place",
    breaks: ["DUR-009"],
    make: onDiskDriver((disk, reached, sound) => ({
      prepare: async () => {
        if (!(await disk.list("")).includes(metaFile)) {
          reached();
          await disk.write(metaFile, new Uint8Array());
          await disk.write(metaFile, Uint8Array.of(1));
          await disk.syncFile(metaFile);
          await disk.syncDirectory("");
        }
        await sound.prepare();
      },
    })),
  },
  {
    id: "disk-intent-forgotten-first",
    title:
      "forgets a restore that was decided before it has carried it out, when it is opened again",
    breaks: ["DUR-010"],
    make: onDiskDriver((disk, reached) => ({
      prepare: async () => {
        await checkVersion(disk);
        if (!(await disk.list("")).includes(intentFile)) return;
        reached();
        const snapshot = unsealed(await disk.read(intentFile));
        await removeFile(disk, intentFile);
        await carryOut(disk, snapshot);
      },
    })),
  },
  {
    id: "disk-intent-never-forgotten",
    title: "carries out a restore that a sudden end had interrupted whenever it is opened again",
    breaks: ["DUR-005"],
    make: onDiskDriver((disk, reached) => ({
      prepare: async () => {
        await checkVersion(disk);
        if (!(await disk.list("")).includes(intentFile)) return;
        reached();
        await carryOut(disk, unsealed(await disk.read(intentFile)));
      },
    })),
  },
  {
    id: "disk-truncates-in-place",
    title: "writes over a file in place, so that a crash finds a part of it",
    breaks: ["CORE-103", "DUR-003", "DUR-005", "DUR-008", "DUR-011", "DUR-021"],
    mayFail: ["DUR-001"],
    make: onDisk((disk, reached) => {
      const placeOf = (path: string): string => (isResource(path) ? path.replace(aside, "") : path);
      return {
        write: async (path, bytes) => {
          if (isResource(path)) {
            reached();
            await disk.write(placeOf(path), bytes.slice(0, bytes.length / 2));
          }
          await disk.write(placeOf(path), bytes);
        },
        syncFile: (path) => disk.syncFile(placeOf(path)),
        rename: async (from, to) => {
          if (placeOf(from) !== to) await disk.rename(from, to);
        },
      };
    }),
  },
];
