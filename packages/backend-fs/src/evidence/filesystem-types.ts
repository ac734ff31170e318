/** Filesystems by the number that statfs(2) gives: their names, and where they keep what is written. */

import type { Storage } from "./platform-evidence.ts";

/** What a type says. */
interface FilesystemType {
  readonly name: string;
  readonly storage: Storage;
}

/** From statfs(2) and linux/magic.h. overlay and FUSE pass on what others do: it depends on those. */
const types: ReadonlyMap<number, FilesystemType> = new Map<number, FilesystemType>([
  [0xef53, { name: "ext", storage: "disk" }],
  [0x58465342, { name: "xfs", storage: "disk" }],
  [0x9123683e, { name: "btrfs", storage: "disk" }],
  [0xf2f52010, { name: "f2fs", storage: "disk" }],
  [0x2fc12fc1, { name: "zfs", storage: "disk" }],
  [0xca451a4e, { name: "bcachefs", storage: "disk" }],
  [0x3153464a, { name: "jfs", storage: "disk" }],
  [0x3434, { name: "nilfs", storage: "disk" }],
  [0x4d44, { name: "vfat", storage: "disk" }],
  [0x2011bab0, { name: "exfat", storage: "disk" }],
  [0x7366746e, { name: "ntfs3", storage: "disk" }],
  [0x482b, { name: "hfsplus", storage: "disk" }],
  [0x01021994, { name: "tmpfs", storage: "memory" }],
  [0x858458f6, { name: "ramfs", storage: "memory" }],
  [0x6969, { name: "nfs", storage: "network" }],
  [0xff534d42, { name: "cifs", storage: "network" }],
  [0xfe534d42, { name: "smb2", storage: "network" }],
  [0x00c36400, { name: "ceph", storage: "network" }],
  [0x01021997, { name: "9p", storage: "unknown" }],
  [0x65735546, { name: "fuse", storage: "unknown" }],
  [0x794c7630, { name: "overlay", storage: "unknown" }],
  [0xf15f, { name: "ecryptfs", storage: "unknown" }],
]);

const storages = new Map([...types.values()].map(({ name, storage }) => [name, storage]));

/** The name of a type, or its number as `0x…`. */
export function filesystemName(type: number): string {
  return types.get(type)?.name ?? `0x${type.toString(16)}`;
}

/** Where a filesystem of this name keeps what is written. */
export function storageOf(name: string): Storage {
  return storages.get(name) ?? "unknown";
}
