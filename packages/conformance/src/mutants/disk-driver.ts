/** A driver with a file per resource on a simulated disk: checksums, a version, restores that are decided by one rename. */

import {
  BackendError,
  checkReference,
  type DamagedEntry,
  decodeEnvelope,
  decodeSnapshot,
  type Driver,
  encodeSnapshot,
  type LoadedEntry,
  type LoadedStore,
  referenceKey,
  type ResourceRef,
  type StoredEntry,
} from "@engenho/sdk";
import type { SimulatedDisk } from "../harness/simulated-disk.ts";

/** A driver, and what comes before its `load`. */
export interface DiskDriver extends Driver {
  /** Makes the store if it is not there, and finishes what a sudden end has left half done. */
  prepare(): Promise<void>;
}

/** Says which version of this layout a store has. */
export const metaFile = "_meta";
/** A restore that was decided and perhaps not carried out: a snapshot. */
export const intentFile = "_intent";
/** What a file is called while it is being written; no encoded reference has a plus sign. */
export const aside = "+new";
const version = Uint8Array.of(1);

/** Where a resource is kept. */
export function pathOf(ref: ResourceRef): string {
  return `r-${encodeURIComponent(referenceKey(ref))}`;
}

/** Whether a file is a resource's, or will be. */
export function isResource(path: string): boolean {
  return path.startsWith("r-");
}

/** The sound driver. `isAtomic`: with `replaceAll`. */
export function diskDriver(disk: SimulatedDisk, isAtomic: boolean): DiskDriver {
  const put = (entry: StoredEntry): Promise<void> =>
    replaceFile(disk, pathOf(entry.ref), sealed(entry.envelope));
  return {
    prepare: async () => {
      await checkVersion(disk);
      await redoRestore(disk);
    },
    load: () => loadFiles(disk),
    put,
    remove: (ref) => removeFile(disk, pathOf(ref)),
    close: async () => {},
    ...(isAtomic && {
      replaceAll: async (entries) => {
        const snapshot = entries.map(({ ref, envelope }) => ({ ref, envelope }));
        await replaceFile(disk, intentFile, sealed(encodeSnapshot(snapshot)));
        await redoRestore(disk);
      },
    }),
  };
}

/** Writes aside, syncs the file, renames it, and syncs the directory. */
export async function replaceFile(
  disk: SimulatedDisk,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  await disk.write(`${path}${aside}`, bytes);
  await disk.syncFile(`${path}${aside}`);
  await disk.rename(`${path}${aside}`, path);
  await disk.syncDirectory("");
}

/** Removes a file if it is there. */
export async function removeFile(disk: SimulatedDisk, path: string): Promise<void> {
  if (!(await disk.list("")).includes(path)) return;
  await disk.remove(path);
  await disk.syncDirectory("");
}

/** Refuses a version that it does not know; a new store gets this one. */
export async function checkVersion(disk: SimulatedDisk): Promise<void> {
  if (!(await disk.list("")).includes(metaFile)) return replaceFile(disk, metaFile, version);
  const [found] = await disk.read(metaFile);
  if (found !== version[0])
    throw new BackendError("unsupported", `the store has version ${found}`, { verb: "open" });
}

/** Carries out a restore that was decided: as often as need be, and forgets it at the end only. */
export async function redoRestore(disk: SimulatedDisk): Promise<void> {
  if (!(await disk.list("")).includes(intentFile)) return;
  await carryOut(disk, unsealed(await disk.read(intentFile)));
  await removeFile(disk, intentFile);
}

/** Makes the entries of a snapshot the only ones. */
export async function carryOut(disk: SimulatedDisk, snapshot: Uint8Array): Promise<void> {
  const entries = decodeSnapshot(snapshot);
  for (const { ref, envelope } of entries) await replaceFile(disk, pathOf(ref), sealed(envelope));
  const kept = new Set(entries.map(({ ref }) => pathOf(ref)));
  for (const path of await resourceFiles(disk)) if (!kept.has(path)) await removeFile(disk, path);
}

/** Everything that can be read, and what cannot. */
export async function loadFiles(
  disk: SimulatedDisk,
  read: (path: string) => Promise<Uint8Array> = async (path) => unsealed(await disk.read(path)),
): Promise<LoadedStore> {
  const entries: LoadedEntry[] = [];
  const damaged: DamagedEntry[] = [];
  for (const path of await resourceFiles(disk)) {
    try {
      const envelope = await read(path);
      entries.push({ ref: checkReference(decodeEnvelope(envelope).ref), envelope });
    } catch (error) {
      damaged.push({ where: path, reason: String(error), known: referenceAt(path) });
    }
  }
  return { entries, damaged };
}

async function resourceFiles(disk: SimulatedDisk): Promise<readonly string[]> {
  const names = await disk.list("");
  return names.filter((name) => isResource(name) && !name.endsWith(aside));
}

/** What the name of a file tells of the reference. */
function referenceAt(path: string): DamagedEntry["known"] {
  const [kind, namespace, name] = decodeURIComponent(path.slice(2)).split("\0");
  return { kind, namespace: namespace === "" ? null : namespace, name };
}

/** The bytes behind a checksum. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + bytes.length);
  new DataView(file.buffer).setUint32(0, checksum(bytes));
  file.set(bytes, 4);
  return file;
}

/** The bytes, if the checksum before them is theirs. */
export function unsealed(file: Uint8Array): Uint8Array {
  const bytes = file.subarray(4);
  const stored =
    file.length < 4 ? undefined : new DataView(file.buffer, file.byteOffset).getUint32(0);
  if (stored !== checksum(bytes)) throw new BackendError("corrupt", "the checksum is another one");
  return bytes;
}

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
