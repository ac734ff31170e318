/** A subject whose stores outlive their backends: what durable systems are judged by, without a disk. */

import {
  BackendError,
  createBackend,
  decodeEnvelope,
  type Driver,
  type LoadedEntry,
  referenceKey,
  StoreFailedError,
  type StoredEntry,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { OutsideWriter, Subject } from "../harness/subject.ts";
import { type Bug, withBug } from "./bug.ts";
import type { Reached } from "./mutant.ts";

/** What survives the process. */
export type Disk = Map<string, LoadedEntry>;

/** A bug below the backend: in what reaches the disk, and when. */
export type DriverBug = (disk: Disk, reached: Reached) => Partial<Driver>;

/** The durable subject with a bug in the backend, in what lies below it, or in both. */
export function durable(bug?: Bug, driverBug?: DriverBug): (reached: Reached) => Subject {
  return (reached) => durableMemory(bug, driverBug, reached);
}

/** A durable subject, locked while it is open, that can fail; with a bug if one is given. */
export function durableMemory(
  bug: Bug = () => ({}),
  driverBug: DriverBug = () => ({}),
  reached: Reached = () => {},
): Subject {
  const disks = new Map<string, Disk>();
  const locked = new Set<Disk>();
  const failing = new Set<Disk>();
  const open = async (disk: Disk): ReturnType<Subject["open"]> => {
    if (locked.has(disk)) throw new BackendError("locked", "it is open", { verb: "open" });
    locked.add(disk);
    failing.delete(disk);
    const driver = { ...soundDriver(disk), ...driverBug(disk, reached) };
    const put: Driver["put"] = async (...args) => {
      if (failing.has(disk)) throw new StoreFailedError("the memory has failed");
      await driver.put(...args);
    };
    const close = async (): Promise<void> => {
      locked.delete(disk);
      await driver.close();
    };
    const claims = { durability: "process", sharing: "exclusive" } as const;
    return withBug(
      await createBackend(
        { ...driver, put, close },
        { name: "durable-memory", capabilities: claims },
      ),
      bug,
      reached,
    );
  };
  const diskOf = (directory: string): Disk => {
    const disk = disks.get(directory) ?? new Map<string, LoadedEntry>();
    disks.set(directory, disk);
    return disk;
  };
  return {
    name: "durable-memory",
    open: ({ directory }) => open(diskOf(directory)),
    reopen: ({ directory }) => open(diskOf(directory)),
    crash: ({ directory }) => open(new Map(diskOf(directory))),
    fail: async ({ directory }) => void failing.add(diskOf(directory)),
    outside: async ({ directory }) => outsideWriter(diskOf(directory)),
  };
}

/** Nobody is told of what it writes. */
function outsideWriter(disk: Disk): OutsideWriter {
  return {
    put: async (envelope) => {
      const { ref } = decodeEnvelope(envelope);
      disk.set(referenceKey(ref), { ref, envelope });
    },
    remove: async (ref) => void disk.delete(referenceKey(ref)),
  };
}

function soundDriver(disk: Disk): Driver {
  return {
    load: async () => ({ entries: [...disk.values()] }),
    put: async (entry) => {
      await nextTurn();
      disk.set(referenceKey(entry.ref), entry);
    },
    remove: async (ref) => {
      await nextTurn();
      disk.delete(referenceKey(ref));
    },
    replaceAll: async (entries) => {
      await nextTurn();
      disk.clear();
      putAll(disk, entries);
    },
    close: async () => {},
  };
}

/** Puts entries without a pause. */
export function putAll(disk: Disk, entries: readonly StoredEntry[]): void {
  for (const entry of entries) disk.set(referenceKey(entry.ref), entry);
}
