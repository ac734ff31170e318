/**
 * Looks for an order of one resource's operations that explains every result: the algorithm of Wing and Gong
 * ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memory of configurations that led nowhere
 * ("Testing for linearizability", 2017).
 */

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
  /** The first operation that must be placed and is not. */
  readonly low: number;
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
  readonly #definite: number;
  readonly #isPlaced: Uint8Array;
  readonly #used = new Map<string, number>();
  readonly #minted: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(operations: readonly Operation[]) {
    const telling = operations.filter((each) => !isVoid(each)).sort(byCall);
    const definite = telling.filter((each) => !isOptional(each));
    this.#operations = [...definite, ...telling.filter(isOptional)];
    this.#definite = definite.length;
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
    const stack = [this.#frame(initial, undefined, 0, -Infinity)];
    let steps = 0;
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      if (frame.low === this.#definite) return { verdict: "ok", steps };
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
      const low = this.#lowFrom(frame.low);
      const key = this.#key(state, low, latestCall);
      if (this.#seen.has(key)) this.#place(candidate, -1);
      else {
        this.#seen.add(key);
        stack.push(this.#frame(state, candidate, low, latestCall));
      }
    }
    return { verdict: "illegal", steps };
  }

  #frame(state: ResourceState, placed: number | undefined, low: number, latestCall: number): Frame {
    return { state, placed, low, latestCall, candidates: this.#next(low, latestCall), next: 0 };
  }

  /** What may come next: nothing that is left has returned before it was called. The optional ones last. */
  #next(low: number, latestCall: number): readonly number[] {
    const candidates: number[] = [];
    let firstReturn = Infinity;
    for (let i = low; i < this.#definite; i++) {
      const operation = this.#operations[i] as Operation;
      if (operation.call > firstReturn) break;
      if (this.#isPlaced[i] === 1) continue;
      candidates.push(i);
      firstReturn = Math.min(firstReturn, operation.return);
    }
    for (let i = this.#definite; i < this.#operations.length; i++) {
      const operation = this.#operations[i] as Operation;
      if (operation.call > firstReturn) break;
      if (this.#isPlaced[i] === 0 && operation.return >= latestCall) candidates.push(i);
    }
    return candidates;
  }

  #place(index: number, direction: 1 | -1): void {
    this.#isPlaced[index] = direction === 1 ? 1 : 0;
    for (const revision of revisionsSeen(this.#operations[index] as Operation))
      this.#used.set(revision, (this.#used.get(revision) ?? 0) + direction);
  }

  #lowFrom(low: number): number {
    let index = low;
    while (index < this.#definite && this.#isPlaced[index] === 1) index++;
    return index;
  }

  /** What was placed, and the state: which revisions are used follows from the former. */
  #key(state: ResourceState, low: number, latestCall: number): string {
    const beyond: number[] = [];
    for (let i = low + 1; i < this.#definite; i++) {
      if ((this.#operations[i] as Operation).call > latestCall) break;
      if (this.#isPlaced[i] === 1) beyond.push(i);
    }
    for (let i = this.#definite; i < this.#operations.length; i++)
      if (this.#isPlaced[i] === 1) beyond.push(i);
    return `${low};${beyond.join()};${stateKey(state)}`;
  }
}
