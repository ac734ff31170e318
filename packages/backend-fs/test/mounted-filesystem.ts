/** Real filesystems for a test, each gone when the test ends or its process is killed. */

import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { makeDirectory } from "./support.ts";

/** Commands for a shell that mount something at $mount, with $work to work in. */
const recipes = {
  /** In memory. */
  tmpfs: "mount -t tmpfs -o size=1m tmpfs $mount",
  /** Folds case, has no links of either kind. */
  exfat: `truncate -s 8M $work/image; mkfs.exfat $work/image >/dev/null
    device=$(losetup --find --show $work/image); mount.exfat-fuse $device $mount >/dev/null 2>&1`,
  /** Can lose power, as can the next: nothing is written but what is synced. */
  ext4: `xfs_io -V >/dev/null; truncate -s 64M $work/image; mkfs.ext4 -q $work/image
    device=$(losetup --find --show $work/image); mount -o commit=300 $device $mount`,
  xfs: `truncate -s 320M $work/image; mkfs.xfs -q $work/image
    device=$(losetup --find --show $work/image); mount $device $mount`,
  /** Has no room for the fractions of times. */
  "ext4 with small inodes": `truncate -s 4M $work/image; mkfs.ext4 -q -I 128 $work/image 2>/dev/null
    mount -o loop $work/image $mount; rmdir $mount/lost+found`,
} as const;

/**
 * Holds the mount until its input ends, which it does with our process however that ends. A mount that
 * somebody still uses goes when they are done (--lazy).
 */
const keeper = (recipe: string): string => `
  work=$1 mount=$1/mount device=
  trap 'umount --lazy $mount 2>/dev/null; [ -z "$device" ] || losetup --detach $device' EXIT
  trap '' INT TERM HUP
  set -e
  ${recipe}
  echo mounted
  cat >/dev/null`;

/**
 * Mounts a filesystem for the test.
 *
 * @param skip Called with the reason where it cannot be mounted; with CI=true that is an error.
 * @returns Where it is mounted.
 */
export async function mountFilesystem(
  kind: keyof typeof recipes,
  skip: (reason: string) => never,
): Promise<string> {
  const work = makeDirectory();
  const mount = join(work, "mount");
  mkdirSync(mount);
  const shell = spawn("sh", ["-c", keeper(recipes[kind]), "sh", work], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // an interrupt from the keyboard must not reach it before it has cleaned up
  });
  const ended = new Promise<void>((resolve) => void shell.once("close", () => resolve()));
  onTestFinished(async () => {
    shell.stdin.end();
    await ended;
  });
  let complaint = "";
  shell.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
  for await (const line of createInterface({ input: shell.stdout })) {
    if (line === "mounted") return mount;
  }
  await ended;
  const reason = `no ${kind} can be mounted: ${complaint.trim()}`;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  return skip(reason);
}

/** Leaves a small filesystem no room. */
export function fillUp(root: string): void {
  const block = new Uint8Array(4096);
  try {
    for (let number = 0; ; number++) writeFileSync(join(root, `fill${number}`), block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

const run = promisify(execFile);

/** Has an ext4 or xfs refuse everything from now on, with what was not synced lost. */
export async function cutPower(mount: string): Promise<void> {
  await run("xfs_io", ["-x", "-c", "shutdown", mount]);
}

/** Mounts it again, as after a start of the machine: its journal is replayed. Nothing may be open there. */
export async function restorePower(mount: string): Promise<void> {
  const { stdout } = await run("findmnt", ["--noheadings", "--output", "SOURCE", mount]);
  await run("umount", [mount]);
  await run("mount", [stdout.trim(), mount]);
}
