/** Ends a store at every moment of a write: at each step of a subject that has them, else at turns of the event loop. */

import { assert, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext, Instance, StepListener } from "../../harness/check-context.ts";
import { nextTurn } from "../../harness/next-turn.ts";

/** How a store ends. */
export type End = "crash" | "cutPower";

/** A store whose writes can be ended. */
export interface EndingStore {
  readonly store: Instance;
  /**
   * Makes a write and opens what an end at each moment of it would have left, the last one right behind it. `onStep`
   * hears of the steps of those openings.
   */
  during(
    write: () => Promise<unknown>,
    what: string,
    onStep?: StepListener,
  ): Promise<readonly Instance[]>;
}

/** As many of one write are taken at turns: the first ones at each turn, later ones further and further apart. */
const momentsByTurn = 16;
const momentsAtEachTurn = 8;

/** Opens a fresh store. */
export async function openEnding(context: CheckContext, by: End): Promise<EndingStore> {
  let take: (() => void) | undefined;
  const store = await context.openAnother((_, kind) => {
    if (by === "cutPower" || kind === "change") take?.();
  });
  const during: EndingStore["during"] = async (write, what, onStep) => {
    const ends: Promise<Instance>[] = [];
    const taken = (): void => {
      // What a loss of power leaves is a matter of luck: it gets two chances.
      for (let time = 0; time < (by === "crash" ? 1 : 2); time++) {
        const end = store.left(by, onStep);
        end.catch(() => {}); // awaited below
        ends.push(end);
      }
    };
    let isDone = false;
    if (context.hasSteps) take = taken;
    const written = write().finally(() => (isDone = true));
    written.catch(() => {}); // awaited below
    for (let moment = 0; !context.hasSteps && !isDone && moment < momentsByTurn; moment++) {
      taken();
      const turns = Math.max(1, moment - momentsAtEachTurn);
      for (let turn = 0; turn < turns && !isDone; turn++) await nextTurn();
    }
    await written;
    take = undefined;
    assert(ends.length > 0, `the subject says that it has steps, and there was none of ${what}`);
    taken();
    return await assertResolves(
      Promise.all(ends),
      `opening what ${nameOf(by)} during ${what} left`,
    );
  };
  return { store, during };
}

/** How an end is called in messages. */
export function nameOf(by: End): string {
  return by === "crash" ? "a sudden end" : "a loss of power";
}
