/** Revisions as times of modification: unique moments that lie with the files themselves, and nowhere else. */

import { lutimes } from "node:fs/promises";
import type { Revision } from "@engenho/sdk";
import type { DurableTree } from "./durable-tree.ts";
import { metaFile } from "./meta-file.ts";

/**
 * How far ahead moments are reserved, in microseconds: the time of modification of `_meta.json` is never
 * before one that was used, so that a clock set back, or a crash, makes none of them come again.
 */
const reserve = 10_000_000;

/** Beyond these nothing is counted on: whoever sets such times does not mean them. */
const latest = 2 ** 53 - 2 ** 50;

/** A revision for a time of modification, in microseconds since 1970; undefined for one that is out of reach. */
export function revisionAt(microseconds: number): Revision | undefined {
  if (microseconds < 0 || microseconds > latest) return undefined;
  return microseconds.toString(36) as Revision;
}

/** The time of modification that a revision stands for. */
export function timeOf(revision: Revision): number {
  return Number.parseInt(revision, 36);
}

/** Mints the revisions of one open store, each later than all before it in this or any earlier opening. */
export class RevisionClock {
  readonly #tree: DurableTree;
  #last = 0;
  #reserved = 0;
  #reserving: Promise<void> = Promise.resolve();

  constructor(tree: DurableTree) {
    this.#tree = tree;
  }

  /** Notes a moment that was used: of a file, or the reserve that an earlier opening left. */
  passed(microseconds: number): void {
    if (microseconds <= latest) this.#last = Math.max(this.#last, microseconds);
  }

  next(): Revision {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last.toString(36) as Revision;
  }

  /** Resolves when no later opening can come before this moment any more. */
  async secure(microseconds: number): Promise<void> {
    if (microseconds <= this.#reserved) return;
    const reserving = this.#reserving.then(async () => {
      if (microseconds <= this.#reserved) return;
      const until = Math.max(microseconds, this.#last) + reserve;
      await this.#tree.setModified(metaFile, until);
      this.#reserved = until;
    });
    this.#reserving = reserving.catch(() => undefined);
    await reserving;
  }

  /** Gives back what was reserved and not used. Never throws: it may stay reserved. */
  async close(): Promise<void> {
    if (this.#reserved === 0) return;
    const seconds = this.#last / 1e6 + 1e-6;
    await lutimes(this.#tree.absolute(metaFile), seconds, seconds).catch(() => undefined);
  }
}
