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
import type { OutsideWriter, StoreContext, Subject } from "../harness/subject.ts";
import { bodyLimit } from "./body-limit.ts";
import { type Bug, withBug } from "./bug.ts";
import type { Reached } from "./mutant.ts";

/** What survives the process. */
export class Disk extends Map<string, LoadedEntry> {
  /** What a bug keeps beside the entries. */
  readonly notes: Map<string, number> = new Map();

  /** As a sudden end leaves it. */
  copy(): Disk {
    const copy = new Disk(this);
    for (const [name, note] of this.notes) copy.notes.set(name, note);
    return copy;
  }
}

/** A bug in the backend that may look at the disk below it. */
export type DurableBug = (...args: [...Parameters<Bug>, disk: Disk]) => ReturnType<Bug>;

/** A bug below the backend: in what reaches the disk, and when. */
export type DriverBug = (disk: Disk, reached: Reached) => Partial<Driver>;

/** The durable subject with a bug in the backend, in what lies below it, or in both. */
export function durable(bug?: DurableBug, driverBug?: DriverBug): (reached: Reached) => Subject {
  return (reached) => durableMemory(bug, driverBug, reached);
}

/** A durable subject, locked while it is open, that can fail; with a bug if one is given. */
export function durableMemory(
  bug: DurableBug = () => ({}),
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
    const claims = { ...bodyLimit, durability: "process", sharing: "exclusive" } as const;
    return withBug(
      await createBackend(
        { ...driver, put, close },
        { name: "durable-memory", capabilities: claims },
      ),
      (...args) => bug(...args, disk),
      reached,
    );
  };
  const diskOf = ({ directory }: StoreContext): Disk => {
    const disk = disks.get(directory) ?? new Disk();
    disks.set(directory, disk);
    return disk;
  };
  return {
    name: "durable-memory",
    open: (context) => open(diskOf(context)),
    reopen: (context) => open(diskOf(context)),
    crash: (context, survivor) => {
      disks.set(survivor.directory, diskOf(context).copy());
      return open(diskOf(survivor));
    },
    fail: async (context) => void failing.add(diskOf(context)),
    damage: {
      truncate: async (context, ref) => {
        // Wherever a bug has put it.
        for (const [key, entry] of diskOf(context)) {
          if (referenceKey(entry.ref) !== referenceKey(ref)) continue;
          const envelope = entry.envelope.slice(0, entry.envelope.length / 2);
          diskOf(context).set(key, { ...entry, envelope });
        }
      },
    },
    outside: async (context) => outsideWriter(diskOf(context)),
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
