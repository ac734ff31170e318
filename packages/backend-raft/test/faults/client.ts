/** One of the clients that work on a store while its cluster is in trouble. */

import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryRecorder, OperationResult } from "@engenho/conformance";
import type { ResourceRef, Revision, StoreBackend } from "@engenho/sdk";
import type { Random } from "./random.ts";

/** Between two calls, in milliseconds, at most: what a round records is to be judged, too. */
const LONGEST_PAUSE_MS = 30;

/** What a client works with. */
export interface ClientPlan {
  readonly id: number;
  readonly backend: StoreBackend;
  readonly random: Random;
  readonly recorder: HistoryRecorder;
  readonly refs: readonly [ResourceRef, ...ResourceRef[]];
  /** Is told what each write came to. */
  readonly told: (result: OperationResult) => void;
}

/** Calls one verb after another until it is over. */
export async function runClient(plan: ClientPlan, isOver: () => boolean): Promise<void> {
  const { random } = plan;
  const seen = new Map<ResourceRef, Revision>();
  for (let turn = 0; !isOver(); turn++) {
    await call(plan, turn, seen);
    await sleep(random.below(LONGEST_PAUSE_MS));
  }
}

async function call(
  { id, backend, random, recorder, refs, told }: ClientPlan,
  turn: number,
  seen: Map<ResourceRef, Revision>,
): Promise<void> {
  const ref = random.pick(refs);
  const dice = random.below(100);
  if (dice < 5) return recorder.list(id, backend, refs);
  if (dice < 35) {
    learn(ref, seen, await recorder.get(id, backend, ref));
    return;
  }
  // Every body is another one, so that who reads it says which write it was.
  const value = dice < 85 ? `c${id}x${turn}` : undefined;
  const result = await recorder.write(id, backend, {
    ref,
    value,
    ifRevision: precondition(random, seen.get(ref), value !== undefined),
  });
  learn(ref, seen, result);
  told(result);
}

function precondition(
  random: Random,
  known: Revision | undefined,
  isApply: boolean,
): Revision | "absent" | undefined {
  if (random.below(2) === 0) return undefined;
  return known ?? (isApply ? "absent" : undefined);
}

/** A client knows the revisions that it was told itself. */
function learn(ref: ResourceRef, seen: Map<ResourceRef, Revision>, result: OperationResult): void {
  if ("revision" in result && result.revision !== undefined)
    seen.set(ref, result.revision as Revision);
  else if (result.type === "not_found" || result.type === "deleted") seen.delete(ref);
}
