/** Holds what clients and watches of a round were told against each other. */

import {
  checkLinearizability,
  checkWatches,
  type ObservedWatch,
  type Operation,
  type WatchViolation,
} from "@engenho/conformance";

/** What became of a round. */
export interface RoundResult {
  readonly fault: string;
  readonly operations: number;
  readonly unknown: number;
  readonly refused: number;
  readonly events: number;
  readonly resets: number;
  /** What is wrong, to read; none where nothing is. */
  readonly violations: readonly string[];
}

export function judgeRound(
  fault: string,
  history: readonly Operation[],
  watches: readonly ObservedWatch[],
): RoundResult {
  const linearizable = checkLinearizability(history);
  const watched = checkWatches(history, watches);
  const ofClients =
    linearizable.verdict === "illegal"
      ? linearizable.lines
      : linearizable.verdict === "unknown"
        ? [`not decided: ${linearizable.resources.join(", ")}`]
        : [];
  const ofWatches = watched.verdict === "ok" ? [] : shortestOf(watched.violations);
  const count = (type: Operation["result"]["type"]): number =>
    history.filter(({ result }) => result.type === type).length;
  return {
    fault,
    operations: history.length,
    unknown: count("unknown"),
    refused: count("refused"),
    events: watched.events,
    resets: watches.flatMap(({ events }) => events).filter(({ type }) => type === "reset").length,
    violations: [...ofClients, ...ofWatches],
  };
}

/** The one with the fewest lines, which says most; a loss that all watches share is found in each. */
function shortestOf(violations: readonly WatchViolation[]): readonly string[] {
  const [shortest] = violations.toSorted((a, b) => a.lines.length - b.lines.length);
  const others = violations.length - 1;
  return [...(shortest?.lines ?? []), ...(others > 0 ? [`(${others} more in watches)`] : [])];
}
