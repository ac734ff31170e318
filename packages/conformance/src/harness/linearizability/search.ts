/**
 * Looks for an order of one resource's operations that explains every result: the algorithm of Wing and Gong
 * ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memory of configurations that led nowhere
 * ("Testing for linearizability", 2017).
 */

import { LeftOperations } from "./left-operations.ts";
import { byCall, isOptional, isVoid, type Operation, revisionsSeen } from "./operation.ts";
import {
  anything,
  type KnownRevisions,
  type ResourceState,
  stateKey,
  step,
} from "./resource-model.ts";

/** What a search came to, and the operations that it tried to place on the way. */
export interface SearchOutcome {
  /** `unknown`: the steps were used up. */
  readonly verdict: "ok" | "illegal" | "unknown";
  readonly steps: number;
}

/** A point of the search: what was placed last, what it left, and what may come next. */
interface Frame {
  readonly state: ResourceState;
  readonly placed: number | undefined;
  /** The last of the operations that must be placed and are; -1 if there is none. */
  readonly last: number;
  /** The latest call among the placed ones: what had returned before it can no longer be placed. */
  readonly latestCall: number;
  readonly candidates: readonly number[];
  next: number;
}

/** What holds for a search beside the operations. */
export interface SearchOptions {
  /** What was there before the first operation. */
  readonly initial: ResourceState;
  /** How many steps it may take. */
  readonly maxSteps: number;
  /** Whether others, whose operations are not in the history, may write at any time. Default false. */
  readonly withOthers?: boolean;
}

/** Searches for an order of these operations: those of one resource, in any order. */
export function searchOrder(
  operations: readonly Operation[],
  options: SearchOptions,
): SearchOutcome {
  return new OrderSearch(operations).run(options);
}

class OrderSearch implements KnownRevisions {
  /** Those that must be placed, by their calls, then those that may be. */
  readonly #operations: readonly Operation[];
  readonly #left: LeftOperations;
  readonly #isPlaced: Uint8Array;
  readonly #used = new Map<string, number>();
  readonly #minted: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(operations: readonly Operation[]) {
    const telling = operations.filter((each) => !isVoid(each)).sort(byCall);
    const definite = telling.filter((each) => !isOptional(each));
    this.#operations = [...definite, ...telling.filter(isOptional)];
    this.#left = new LeftOperations(definite.length);
    this.#isPlaced = new Uint8Array(telling.length);
    this.#minted = new Set(
      definite.flatMap(({ result }) =>
        result.type === "created" || result.type === "replaced" ? [result.revision] : [],
      ),
    );
  }

  isUsed(revision: string): boolean {
    return (this.#used.get(revision) ?? 0) > 0;
  }

  isMinted(revision: string): boolean {
    return this.#minted.has(revision);
  }

  run({ initial, maxSteps, withOthers = false }: SearchOptions): SearchOutcome {
    const stack = [this.#frame(initial, undefined, -1, -Infinity)];
    let steps = 0;
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      if (this.#left.isEmpty) return { verdict: "ok", steps };
      const attempt = frame.next++;
      const isAfterOthers = attempt >= frame.candidates.length;
      const candidate = frame.candidates[attempt - (isAfterOthers ? frame.candidates.length : 0)];
      if (candidate === undefined || (isAfterOthers && !withOthers)) {
        stack.pop();
        if (frame.placed !== undefined) this.#place(frame.placed, -1);
        continue;
      }
      if (steps === maxSteps) return { verdict: "unknown", steps };
      steps++;
      const operation = this.#operations[candidate] as Operation;
      const state = step(isAfterOthers ? anything : frame.state, operation, this);
      if (state === undefined) continue;
      this.#place(candidate, 1);
      const latestCall = Math.max(frame.latestCall, operation.call);
      const last = isOptional(operation) ? frame.last : Math.max(frame.last, candidate);
      const key = this.#key(state, last);
      if (this.#seen.has(key)) this.#place(candidate, -1);
      else {
        this.#seen.add(key);
        stack.push(this.#frame(state, candidate, last, latestCall));
      }
    }
    return { verdict: "illegal", steps };
  }

  #frame(
    state: ResourceState,
    placed: number | undefined,
    last: number,
    latestCall: number,
  ): Frame {
    return { state, placed, last, latestCall, candidates: this.#next(latestCall), next: 0 };
  }

  /** What may come next: nothing that is left has returned before it was called. The optional ones last. */
  #next(latestCall: number): readonly number[] {
    const candidates: number[] = [];
    let firstReturn = Infinity;
    for (const index of this.#left) {
      const operation = this.#operations[index] as Operation;
      if (operation.call > firstReturn) break;
      candidates.push(index);
      firstReturn = Math.min(firstReturn, operation.return);
    }
    for (let i = this.#left.size; i < this.#operations.length; i++) {
      const operation = this.#operations[i] as Operation;
      if (operation.call > firstReturn) break;
      if (this.#isPlaced[i] === 0 && operation.return >= latestCall) candidates.push(i);
    }
    return candidates;
  }

  #place(index: number, direction: 1 | -1): void {
    this.#isPlaced[index] = direction === 1 ? 1 : 0;
    if (index < this.#left.size) this.#left[direction === 1 ? "take" : "putBack"](index);
    for (const revision of revisionsSeen(this.#operations[index] as Operation))
      this.#used.set(revision, (this.#used.get(revision) ?? 0) + direction);
  }

  /**
   * What was placed, and the state: which revisions are used follows from the former. Said by what is left before the
   * last one, which is as little as was called at once; what is placed may be thousands of reads beside one slow write.
   */
  #key(state: ResourceState, last: number): string {
    const key: number[] = [last];
    for (const index of this.#left) {
      if (index > last) break;
      key.push(index);
    }
    for (let i = this.#left.size; i < this.#operations.length; i++)
      if (this.#isPlaced[i] === 1) key.push(i);
    return `${key.join()};${stateKey(state)}`;
  }
}
