/** Fails with the shortest part of a history that no order explains. */

import { fail } from "../../harness/assertions.ts";
import { checkLinearizability } from "../../harness/linearizability/check-linearizability.ts";
import type { Operation } from "../../harness/linearizability/operation.ts";
import { showBriefly } from "../../harness/linearizability/show-history.ts";

/** Fails unless one order of the calls explains every answer. The first line tells it briefly, the others show it. */
export function assertOrder(history: readonly Operation[], what: string): void {
  const outcome = checkLinearizability(history);
  if (outcome.verdict === "unknown")
    fail(`${what}: no order of ${history.length} calls was found in ${outcome.steps} steps`);
  if (outcome.verdict === "illegal") {
    const brief = `${what}: no order explains ${showBriefly(outcome.operations)}`;
    fail([brief, ...outcome.lines].join("\n"));
  }
}
