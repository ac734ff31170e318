/** A subject that keeps a file per resource on a simulated disk, and claims to survive a loss of power. */

import {
  BackendError,
  createBackend,
  type DamagedEntry,
  decodeEnvelope,
  type Driver,
  type LoadedEntry,
  referenceKey,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { createSimulatedDisk, type SimulatedDisk } from "../harness/simulated-disk.ts";
import type { Subject } from "../harness/subject.ts";
import type { Reached } from "./mutant.ts";

/** Operations of the disk that the store believes in, and that do not do what it believes. */
export type DiskBug = (disk: SimulatedDisk, reached: Reached) => Partial<SimulatedDisk>;

/** The subject with a bug in how it uses its disk. */
export function onDisk(bug?: DiskBug): (reached: Reached) => Subject {
  return (reached) => diskStore(bug, reached);
}

/** A subject whose stores are on simulated disks, one each, locked while they are open. */
export function diskStore(bug: DiskBug = () => ({}), reached: Reached = () => {}): Subject {
  const disks = new Map<string, SimulatedDisk>();
  const locked = new Set<SimulatedDisk>();
  const diskOf = (directory: string): SimulatedDisk => {
    const disk = disks.get(directory) ?? createSimulatedDisk();
    disks.set(directory, disk);
    return disk;
  };
  const open = async (disk: SimulatedDisk): Promise<StoreBackend> => {
    if (locked.has(disk)) throw new BackendError("locked", "it is open", { verb: "open" });
    locked.add(disk);
    const driver = diskDriver({ ...disk, ...bug(disk, reached) });
    const close = async (): Promise<void> => void locked.delete(disk);
    return createBackend(
      { ...driver, close },
      { name: "disk-store", capabilities: { durability: "power-loss", sharing: "exclusive" } },
    );
  };
  let cuts = 0;
  return {
    name: "disk-store",
    open: ({ directory }) => open(diskOf(directory)),
    reopen: ({ directory }) => open(diskOf(directory)),
    crash: ({ directory }) => open(diskOf(directory).copy()),
    cutPower: ({ directory, seed }) => {
      let state = (seed + cuts) | 0;
      // Every other time the worst, else whatever a generator of Lehmer's makes of the seed.
      const choose = (count: number): number => {
        state = Math.imul(state | 1, 48_271) & 0x7fff_ffff;
        return (state >> 8) % count;
      };
      return open(diskOf(directory).losePower(cuts++ % 2 === 0 ? undefined : choose));
    },
  };
}

/** Writes aside, syncs the file, renames it, and syncs the directory. */
function diskDriver(disk: SimulatedDisk): Driver {
  const pathOf = (ref: ResourceRef): string => encodeURIComponent(referenceKey(ref).toWellFormed());
  return {
    load: async () => {
      const entries: LoadedEntry[] = [];
      const damaged: DamagedEntry[] = [];
      for (const name of await disk.list("")) {
        if (name.endsWith(".new")) continue;
        const envelope = await disk.read(name);
        try {
          entries.push({ ref: decodeEnvelope(envelope).ref, envelope });
        } catch {
          damaged.push({ where: name, reason: "it is no envelope", known: {} });
        }
      }
      return { entries, damaged };
    },
    put: async ({ ref, envelope }) => {
      const path = pathOf(ref);
      await disk.write(`${path}.new`, envelope);
      await disk.syncFile(`${path}.new`);
      await disk.rename(`${path}.new`, path);
      await disk.syncDirectory("");
    },
    remove: async (ref) => {
      const path = pathOf(ref);
      if (!(await disk.list("")).includes(path)) return;
      await disk.remove(path);
      await disk.syncDirectory("");
    },
    close: async () => {},
  };
}
