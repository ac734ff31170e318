/**
 * Makes an illegal history as short as it gets, in the same way every time: the shortest prefix, then without
 * what is not needed.
 *
 * Leaving a write out can make a legal history illegal (who wrote what the read shows?), so nothing is simply
 * left out. Every step asks for less instead, and would find a legal history legal: what has not yet returned
 * is unknown, others may have written where writes are left out, a beginning in the middle begins with anything,
 * writes become optional. What is still illegal then is illegal for the reason for which the whole is.
 */

import { prefixLength } from "../prefix-length.ts";
import {
  byCall,
  isChange,
  isOptional,
  isVoid,
  type Operation,
  revisionsSeen,
  withoutResult,
} from "./operation.ts";
import { absent, anything } from "./resource-model.ts";
import { searchOrder, type SearchOptions } from "./search.ts";

/** An illegal history that lacks nothing and has nothing more. */
export interface IllegalHistory {
  /** By their calls: those that contradict each other, and the writes of what those show. */
  readonly operations: readonly Operation[];
  /** How many operations of the resource were left out. */
  readonly omitted: number;
  /** Whether it is illegal only because the resource was not there in the beginning. */
  readonly startsEmpty: boolean;
  /** The steps that this took. */
  readonly steps: number;
}

/** Shortens the illegal history of one resource; each of its searches has at most `maxSteps` steps. */
export function shortestIllegal(
  operations: readonly Operation[],
  maxSteps: number,
): IllegalHistory {
  return new Shortening(operations, maxSteps).run();
}

type Start = Omit<SearchOptions, "maxSteps">;

class Shortening {
  readonly #all: readonly Operation[];
  readonly #maxSteps: number;
  #steps = 0;

  constructor(operations: readonly Operation[], maxSteps: number) {
    this.#all = operations.filter((each) => !isVoid(each)).sort(byCall);
    this.#maxSteps = maxSteps;
  }

  run(): IllegalHistory {
    const prefix = this.#shortestPrefix();
    const contradiction = this.#contradiction(prefix);
    const startsEmpty =
      contradiction === undefined && !this.#isIllegal(prefix, { initial: anything });
    const needed =
      contradiction ??
      (startsEmpty
        ? this.#neededOf(prefix, { initial: absent })
        : this.#neededOf(this.#latestBeginning(prefix), { initial: anything }));
    const operations = this.#withOrigins(needed);
    const omitted = this.#all.length - operations.length;
    return { operations, omitted, startsEmpty, steps: this.#steps };
  }

  #shortestPrefix(): readonly Operation[] {
    const ends = definiteOf(this.#all)
      .map((each) => each.return)
      .sort((a, b) => b - a);
    const illegal = prefixLength(ends, (position) =>
      this.#isIllegal(upTo(this.#all, position), { initial: absent }),
    );
    const end = ends[illegal - 1];
    return end === undefined ? this.#all : upTo(this.#all, end);
  }

  /** Operations that contradict each other whatever others may have written between them. */
  #contradiction(prefix: readonly Operation[]): readonly Operation[] | undefined {
    const start = { initial: anything, withOthers: true };
    const definite = definiteOf(prefix);
    if (!this.#isIllegal(definite, start)) return undefined;
    return thin(readsFirst(definite), (kept) => this.#isIllegal(kept, start));
  }

  #latestBeginning(prefix: readonly Operation[]): readonly Operation[] {
    const calls = prefix.map(({ call }) => call);
    const illegal = prefixLength(calls, (position) =>
      this.#isIllegal(from(prefix, position), { initial: anything }),
    );
    const start = calls[illegal - 1];
    return start === undefined ? prefix : from(prefix, start);
  }

  /** What is needed if every other write is optional. */
  #neededOf(window: readonly Operation[], start: Start): readonly Operation[] {
    return thin(readsFirst(definiteOf(window)), (kept) => {
      const isKept = new Set(kept);
      const weaker = window.flatMap((each) => {
        if (isKept.has(each) || isOptional(each)) return [each];
        return isChange(each) ? [withoutResult(each)] : [];
      });
      return this.#isIllegal(weaker, start);
    });
  }

  /** With the writes of what they show, or a reader could not tell where that comes from. */
  #withOrigins(needed: readonly Operation[]): readonly Operation[] {
    const revisions = new Set(needed.flatMap(revisionsSeen));
    const bodies = new Set(
      needed.flatMap(({ result }) => (result.type === "found" ? [result.body] : [])),
    );
    const isOrigin = ({ input, result }: Operation): boolean => {
      if (result.type === "created" || result.type === "replaced")
        return revisions.has(result.revision);
      return result.type === "unknown" && input.verb === "apply" && bodies.has(input.body);
    };
    const kept = new Set(needed);
    return this.#all.filter((each) => kept.has(each) || isOrigin(each));
  }

  #isIllegal(operations: readonly Operation[], start: Start): boolean {
    const { verdict, steps } = searchOrder(operations, { ...start, maxSteps: this.#maxSteps });
    this.#steps += steps;
    return verdict === "illegal";
  }
}

function definiteOf(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter((each) => !isOptional(each));
}

/** What is tried first is left out rather: a write says more than the reads of it. */
function readsFirst(operations: readonly Operation[]): readonly Operation[] {
  return [...operations.filter((each) => !isChange(each)), ...operations.filter(isChange)];
}

/** As few of the items as suffice, where fewer never suffice if more do not: larger parts are tried first. */
function thin<T>(items: readonly T[], suffice: (kept: readonly T[]) => boolean): readonly T[] {
  let kept = items;
  for (let size = items.length >> 1; size > 0; size >>= 1) {
    for (let start = 0; start < kept.length;) {
      const rest = kept.toSpliced(start, size);
      if (suffice(rest)) kept = rest;
      else start += size;
    }
  }
  return kept;
}

/** The history as it was known at that moment: what had not returned is unknown. */
function upTo(operations: readonly Operation[], end: number): readonly Operation[] {
  return operations
    .filter(({ call }) => call <= end)
    .map((each) =>
      each.return > end && !isOptional(each) ? { ...withoutResult(each), return: Infinity } : each,
    )
    .filter((each) => !isVoid(each));
}

/** What was called from that moment on; what was under way may have taken effect before it or after it. */
function from(operations: readonly Operation[], start: number): readonly Operation[] {
  return operations
    .filter((each) => each.return >= start && (each.call >= start || isChange(each)))
    .map((each) => (each.call < start ? withoutResult(each) : each));
}
