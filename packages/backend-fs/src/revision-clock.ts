/** Revisions as times of modification: unique moments that lie with the files themselves, and nowhere else. */

import { crc32 } from "node:zlib";
import type { Revision } from "@engenho/sdk";
import type { DurableTree } from "./durable-tree.ts";
import { latestTime } from "./file-operations.ts";
import { metaFile } from "./meta-file.ts";

/**
 * How far ahead moments are reserved, in microseconds: the time of modification of `_meta.json` is never
 * before one that was used, so that a clock set back, or a crash, makes none of them come again.
 */
const reserve = 10_000_000;

/**
 * How far ahead of now a file may be and still be taken for one of ours, in microseconds: clocks are set back by
 * hours. What is further ahead was set by somebody who does not mean it, and must not carry all that comes there.
 */
const ahead = 86_400_000_000;

/**
 * The revision of a file.
 *
 * @param modified Its time of modification, in microseconds since 1970.
 * @param content What is in it, or the CRC-32 of that: tools that give every file the same time (nix, ostree,
 * `tar --mtime`) change this only.
 */
export function revisionOf(modified: number, content: Uint8Array | number): Revision {
  const checksum = typeof content === "number" ? content : crc32(content);
  return `${modified.toString(36)}.${checksum.toString(36)}` as Revision;
}

/** The time of modification that a revision stands for. */
export function timeOf(revision: Revision): number {
  return Number.parseInt(revision, 36);
}

/** Mints the moments of one open store, each later than all before it in this or any earlier opening. */
export class RevisionClock {
  readonly #tree: DurableTree;
  #last = 0;
  #reserved = 0;
  #reserving: Promise<void> | undefined;

  constructor(tree: DurableTree) {
    this.#tree = tree;
  }

  /** Notes what an earlier opening has reserved. */
  reserved(until: number): void {
    if (until <= latestTime) this.#last = Math.max(this.#last, until);
  }

  /** Notes the time of a file. */
  passed(modified: number): void {
    if (modified <= Date.now() * 1000 + ahead) this.reserved(modified);
  }

  /** A moment that was never used, in microseconds since 1970. */
  next(): number {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last;
  }

  /** Whether no later opening can come before this moment any more, nor soon before those that follow it. */
  isSecure(moment: number): boolean {
    return moment <= this.#reserved - reserve / 2;
  }

  /** Resolves when no later opening can come before this moment any more. */
  async secure(moment: number): Promise<void> {
    while (moment > this.#reserved) await this.#reserve(moment);
    // Ahead of need: with a busy thread pool it can take seconds. If it fails, whoever needs it tries again, and is told.
    if (!this.isSecure(moment)) this.#reserve(moment).catch(() => undefined);
  }

  /** Gives back what was reserved and not used. Never throws: it may stay reserved. */
  async close(): Promise<void> {
    await this.#reserving?.catch(() => undefined);
    if (this.#reserved === 0) return;
    await this.#tree.setModified(metaFile, this.#last + 1, { syncs: false }).catch(() => undefined);
  }

  /** Reserves more, unless that is under way: what it is for may not be enough then. */
  #reserve(moment: number): Promise<void> {
    return (this.#reserving ??= this.#reserveUntil(Math.max(moment, this.#last) + reserve).finally(
      () => (this.#reserving = undefined),
    ));
  }

  async #reserveUntil(until: number): Promise<void> {
    await this.#tree.setModified(metaFile, until, { syncs: true });
    this.#reserved = until;
  }
}
