/** Ends a store at every moment of a write: at each step of a subject that has them, else at turns of the event loop. */

import { assert, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext, Instance, StepListener } from "../../harness/check-context.ts";
import { settleWithin } from "../../harness/deadline.ts";
import { nextTurn } from "../../harness/next-turn.ts";

/** How a store ends. */
export type End = "crash" | "cutPower";

/** What an end at one moment of a write has left, open. */
interface Moment {
  readonly end: Instance;
  /** Whether the write had been acknowledged by then. */
  readonly isAcknowledged: boolean;
}

/** A store whose last write can be ended. */
export interface EndingStore {
  readonly store: Instance;
  /**
   * Makes a write and opens what an end at each moment of it would have left, and one right behind it. A subject with
   * steps is then closed, and each step of that is a moment too: what a store puts off is done there at the latest.
   * `onStep` hears of the steps of the openings.
   */
  lastWrite(
    write: () => Promise<unknown>,
    what: string,
    onStep?: StepListener,
  ): Promise<readonly Moment[]>;
}

/** Without steps, the first moments of a write are at each turn of the event loop, the later ones ever further apart. */
const momentsAtEachTurn = 8;

/** Opens a fresh store. */
export async function openEnding(context: CheckContext, by: End): Promise<EndingStore> {
  let take: (() => void) | undefined;
  const store = await context.openAnother((_, kind) => {
    if (by === "cutPower" || kind === "change") take?.();
  });
  const lastWrite: EndingStore["lastWrite"] = async (write, what, onStep) => {
    const moments: Promise<Moment>[] = [];
    let isDone = false;
    const taken = (): void => {
      const isAcknowledged = isDone;
      // What a loss of power leaves is a matter of luck: it gets two chances.
      for (let time = 0; time < (by === "crash" ? 1 : 2); time++) {
        const moment = store.left(by, onStep).then((end) => ({ end, isAcknowledged }));
        moment.catch(() => {}); // awaited below
        moments.push(moment);
      }
    };
    if (context.hasSteps) take = taken;
    const written = write().finally(() => (isDone = true));
    written.catch(() => {}); // awaited below
    for (let moment = 0; !context.hasSteps && !isDone; moment++) {
      taken();
      await pause(moment, written);
    }
    await written;
    assert(moments.length > 0, `the subject says that it has steps, and there was none of ${what}`);
    taken();
    if (context.hasSteps) await assertResolves(store.backend.close(), `closing after ${what}`);
    take = undefined;
    return await assertResolves(
      Promise.all(moments),
      `opening what ${nameOf(by)} during ${what} left`,
    );
  };
  return { store, lastWrite };
}

/** Until the next moment: a turn, later 1, 2, 4, 8, … ms, or until the write is done. */
async function pause(moment: number, written: Promise<unknown>): Promise<void> {
  if (moment < momentsAtEachTurn) return nextTurn();
  const done = written.then(
    () => {},
    () => {},
  );
  await settleWithin(done, 2 ** (moment - momentsAtEachTurn));
}

/** How an end is called in messages. */
export function nameOf(by: End): string {
  return by === "crash" ? "a sudden end" : "a loss of power";
}
