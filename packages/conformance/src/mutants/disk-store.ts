/** A subject that keeps a file per resource on a simulated disk, and claims to survive a loss of power. */

import { BackendError, createBackend, type StoreBackend } from "@engenho/sdk";
import { createSimulatedDisk, type SimulatedDisk } from "../harness/simulated-disk.ts";
import type { StoreContext, Subject } from "../harness/subject.ts";
import { bodyLimit } from "./body-limit.ts";
import { type Bug, withBug } from "./bug.ts";
import { type DiskDriver, diskDriver, metaFile, pathOf } from "./disk-driver.ts";
import type { Reached } from "./mutant.ts";

/** Operations of the disk that the store believes in, and that do not do what it believes. */
export type DiskBug = (disk: SimulatedDisk, reached: Reached) => Partial<SimulatedDisk>;

/** A bug in what the store does with its disk. */
export type DiskDriverBug = (
  disk: SimulatedDisk,
  reached: Reached,
  sound: DiskDriver,
) => Partial<DiskDriver>;

/** The subject with a bug in how it uses its disk. */
export function onDisk(bug?: DiskBug): (reached: Reached) => Subject {
  return (reached) => diskStore({ bug, reached });
}

/** The same with a bug in its driver; restores are `atomic`. */
export function onDiskDriver(driverBug: DiskDriverBug): (reached: Reached) => Subject {
  return (reached) => diskStore({ driverBug, reached, isAtomic: true });
}

/** The same with a bug in the backend; restores are `resumable`. */
export function onDiskBackend(backendBug: Bug): (reached: Reached) => Subject {
  return (reached) => diskStore({ backendBug, reached });
}

/** What there is to choose about {@link diskStore}. */
interface DiskStoreOptions {
  readonly bug?: DiskBug | undefined;
  readonly driverBug?: DiskDriverBug | undefined;
  readonly backendBug?: Bug | undefined;
  readonly reached?: Reached;
  /** Default: restores are `resumable`. */
  readonly isAtomic?: boolean;
}

/** A disk, and what of it the system does not let anybody read. */
interface Place {
  readonly disk: SimulatedDisk;
  readonly blocked: Set<string>;
}

/** A subject whose stores are on simulated disks, one each, locked while they are open. */
export function diskStore({
  bug = () => ({}),
  driverBug = () => ({}),
  backendBug = () => ({}),
  reached = () => {},
  isAtomic = false,
}: DiskStoreOptions = {}): Subject {
  const places = new Map<string, Place>();
  const locked = new Set<Place>();
  const placeOf = ({ directory }: StoreContext): Place => {
    const place = places.get(directory) ?? { disk: createSimulatedDisk(), blocked: new Set() };
    places.set(directory, place);
    return place;
  };
  const open = async (context: StoreContext): Promise<StoreBackend> => {
    const place = placeOf(context);
    if (locked.has(place)) throw new BackendError("locked", "it is open", { verb: "open" });
    locked.add(place);
    try {
      const stepping = withSteps(place, context);
      const disk = { ...stepping, ...bug(stepping, reached) };
      const sound = diskDriver(disk, isAtomic);
      const driver = { ...sound, ...driverBug(disk, reached, sound) };
      await driver.prepare();
      const close = async (): Promise<void> => {
        locked.delete(place);
        await driver.close();
      };
      const claims = { durability: "power-loss", sharing: "exclusive" } as const;
      const capabilities = { ...bodyLimit, ...claims };
      const options = { name: "disk-store", capabilities };
      const backend = await createBackend({ ...driver, close }, options);
      return withBug(backend, backendBug, reached);
    } catch (error) {
      locked.delete(place);
      throw error;
    }
  };
  const survive = (survivor: StoreContext, disk: SimulatedDisk): Promise<StoreBackend> => {
    places.set(survivor.directory, { disk, blocked: new Set() });
    return open(survivor);
  };
  let cuts = 0;
  return {
    name: isAtomic ? "disk-store with atomic restores" : "disk-store",
    open,
    reopen: open,
    crash: (context, survivor) => survive(survivor, placeOf(context).disk.copy()),
    cutPower: (context, survivor) => {
      let state = (context.seed + cuts) | 0;
      // Every other time the worst, else whatever a generator of Lehmer's makes of the seed.
      const choose = (count: number): number => {
        state = Math.imul(state | 1, 48_271) & 0x7fff_ffff;
        return (state >> 8) % count;
      };
      const { disk } = placeOf(context);
      return survive(survivor, disk.losePower(cuts++ % 2 === 0 ? undefined : choose));
    },
    steps: true,
    damage: {
      truncate: (context, ref) =>
        rewrite(placeOf(context), pathOf(ref), (bytes) => bytes.slice(0, bytes.length / 2)),
      block: async (context, ref) => void placeOf(context).blocked.add(pathOf(ref)),
      // The last byte is the payload's: the envelope can still be read.
      alter: (context, ref) =>
        rewrite(placeOf(context), pathOf(ref), (bytes) =>
          bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1),
        ),
      outdate: (context) => rewrite(placeOf(context), metaFile, () => Uint8Array.of(99)),
    },
  };
}

async function rewrite(
  { disk }: Place,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  await disk.write(path, change(await disk.read(path)));
  await disk.syncFile(path);
}

/** The disk as the store sees it: each change is a step, and what is blocked is not read until it is replaced. */
function withSteps({ disk, blocked }: Place, { step }: StoreContext): SimulatedDisk {
  const stepping =
    <Args extends unknown[]>(
      change: (...args: Args) => Promise<void>,
      kind: "change" | "sync" = "change",
    ) =>
    (...args: Args): Promise<void> => {
      step(kind);
      return change(...args);
    };
  return {
    ...disk,
    read: async (path) => {
      if (blocked.has(path)) throw Object.assign(new Error(`EACCES: ${path}`), { code: "EACCES" });
      return await disk.read(path);
    },
    write: stepping((...args) => disk.write(...args)),
    rename: stepping(async (from, to) => {
      await disk.rename(from, to);
      blocked.delete(to);
    }),
    remove: stepping(async (path) => {
      await disk.remove(path);
      blocked.delete(path);
    }),
    makeDirectory: stepping((path) => disk.makeDirectory(path)),
    syncFile: stepping((path) => disk.syncFile(path), "sync"),
    syncDirectory: stepping((path) => disk.syncDirectory(path), "sync"),
  };
}
