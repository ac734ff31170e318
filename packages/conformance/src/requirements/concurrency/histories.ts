/** CONC: what clients that work at once may be told. */

import fc, { type Arbitrary, type Scheduler } from "fast-check";
import { fail } from "../../harness/assertions.ts";
import { assertProperty } from "../../harness/assert-property.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { HistoryRecorder } from "../../harness/history-recorder.ts";
import type { Operation } from "../../harness/linearizability/operation.ts";
import { showBriefly } from "../../harness/linearizability/show-history.ts";
import { relaxReads, wayBack } from "../../harness/sessions.ts";
import type { Requirement } from "../requirement.ts";
import { assertOrder } from "./assert-order.ts";
import { concurrencyMust } from "./must.ts";
import {
  anyProgram,
  freshRefs,
  type Program,
  readingProgram,
  runProgram,
  type Stage,
} from "./programs.ts";

export const concurrencyHistoryRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-001",
    "Whatever several clients apply, get and delete at once, one order of their calls explains every answer, and what was answered before a call began comes before it.",
    answersHaveAnOrder,
    ({ reads }) => reads === "linearizable",
  ),
  concurrencyMust(
    "CONC-002",
    "Where `reads` is `read-your-writes`, one order explains what writes were told, and a client that reads sees its own writes or newer ones and never a revision that it had seen replaced.",
    sessionsGoForward,
    ({ reads }) => reads === "read-your-writes",
  ),
];

/** Through two handles where the store can be shared. */
async function answersHaveAnOrder(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const isShared = capabilities.sharing === "shared";
  const backends = [backend, ...(isShared ? [await context.openAgain()] : [])] as const;
  await forPrograms(context, anyProgram, backends, (history) =>
    assertOrder(history, "clients that work at once"),
  );
}

async function sessionsGoForward(context: CheckContext): Promise<void> {
  await forPrograms(context, readingProgram, [context.backend], (history) => {
    const back = wayBack(history);
    if (back !== undefined) fail(`a client is led back: ${showBriefly(back)}`);
    assertOrder(relaxReads(history), "clients that read their own writes");
  });
}

async function forPrograms(
  { seed, full }: CheckContext,
  programs: Arbitrary<Program>,
  backends: Stage["backends"],
  judge: (history: readonly Operation[]) => void,
): Promise<void> {
  let run = 0;
  await assertProperty<[Program, Scheduler]>(
    [programs, fc.scheduler()],
    async (program, scheduler) => {
      const recorder = new HistoryRecorder();
      const refs = freshRefs(backends[0], run++);
      await runProgram(program, scheduler, { backends, refs, recorder });
      judge(recorder.history);
    },
    { seed, numRuns: full ? 150 : 20 },
  );
}
