/** Judges whether a history of concurrent clients could have happened one call after another. */

import { isVoid, type Operation } from "./operation.ts";
import { absent } from "./resource-model.ts";
import { searchOrder } from "./search.ts";
import { type IllegalHistory, shortestIllegal } from "./shortest-illegal.ts";
import { showHistory } from "./show-history.ts";

/** How far a judgement may go. */
export interface LinearizabilityOptions {
  /**
   * How many operations it may try to place, over all resources, until it says `unknown`. Default 5,000,000.
   * Counted and not timed, so that the same history has the same verdict everywhere.
   */
  readonly maxSteps?: number | undefined;
}

/** What became of a history. */
export type LinearizabilityVerdict =
  | {
      /** For every resource there is an order that explains every result. */
      readonly verdict: "ok";
      /** How many operations were tried in some place. */
      readonly steps: number;
    }
  | {
      /** For a resource there is no such order. */
      readonly verdict: "illegal";
      /** How many operations were tried in some place. */
      readonly steps: number;
      /** The one whose illegal history is the shortest. */
      readonly resource: string;
      /** That history. */
      readonly operations: readonly Operation[];
      /** How many operations of the resource are not in it. */
      readonly omitted: number;
      /** The same to read: a line about it, then one for each operation. */
      readonly lines: readonly string[];
    }
  | {
      /** The steps did not suffice for some resources, and the others have an order. */
      readonly verdict: "unknown";
      /** How many operations were tried in some place. */
      readonly steps: number;
      /** Those that are not decided. */
      readonly resources: readonly string[];
    };

/** Of one search while a history is made shorter: where that is too little, more is shown than is needed. */
const shorteningSteps = 20_000;

/**
 * Looks for an order of the calls of each resource that explains every result and puts what had returned before what was
 * called later: that is linearizability. Resources are judged one by one, and begin absent.
 *
 * Throws a TypeError for an operation that returns before it is called.
 *
 * @example
 * const put = { client: 1, resource: "a", input: { verb: "apply", body: "1" } } as const;
 * const get = { client: 2, resource: "a", input: { verb: "get" } } as const;
 * checkLinearizability([
 *   { ...put, result: { type: "created", revision: "r1" }, call: 1, return: 2 },
 *   { ...get, result: { type: "not_found" }, call: 3, return: 4 },
 * ]).verdict; // "illegal": the read came after the write
 */
export function checkLinearizability(
  history: readonly Operation[],
  options: LinearizabilityOptions = {},
): LinearizabilityVerdict {
  const { maxSteps = 5_000_000 } = options;
  let steps = 0;
  const undecided: string[] = [];
  let shortest: { readonly resource: string; readonly history: IllegalHistory } | undefined;
  for (const [resource, operations] of byResource(history)) {
    const outcome = searchOrder(operations, { initial: absent, maxSteps: maxSteps - steps });
    steps += outcome.steps;
    if (outcome.verdict === "unknown") undecided.push(resource);
    if (outcome.verdict !== "illegal") continue;
    const illegal = shortestIllegal(operations, Math.max(shorteningSteps, outcome.steps));
    const isShorter = illegal.operations.length < (shortest?.history.operations.length ?? Infinity);
    if (isShorter) shortest = { resource, history: illegal };
  }
  if (shortest !== undefined) return verdictOf(shortest.resource, shortest.history, steps);
  return undecided.length > 0
    ? { verdict: "unknown", steps, resources: undecided }
    : { verdict: "ok", steps };
}

function verdictOf(
  resource: string,
  { operations, omitted, startsEmpty }: IllegalHistory,
  steps: number,
): LinearizabilityVerdict {
  const beginning = startsEmpty ? ", which was not there in the beginning" : "";
  const others = omitted === 0 ? "" : ` (${omitted} more are not needed for that)`;
  const lines = [
    `${resource}${beginning}: no order of these calls explains what came back${others}`,
    ...showHistory(operations),
  ];
  return { verdict: "illegal", steps, resource, operations, omitted, lines };
}

function byResource(history: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const parts = new Map<string, Operation[]>();
  for (const operation of history) {
    if (!(operation.return >= operation.call) || operation.call === Infinity)
      throw new TypeError(
        `a call at ${operation.call} cannot have returned at ${operation.return}`,
      );
    if (isVoid(operation)) continue;
    const part = parts.get(operation.resource) ?? [];
    part.push(operation);
    parts.set(operation.resource, part);
  }
  return parts;
}
