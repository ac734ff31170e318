/** DUR: ends while a store is made, and while one is opened that had not ended well. */

import type { CheckContext, Instance } from "../../harness/check-context.ts";
import { assert, assertResolves } from "../../harness/assertions.ts";
import { restores } from "../snapshot/must.ts";
import type { Requirement } from "../requirement.ts";
import { type EndingStore, openEnding } from "./moments.ts";
import { durabilityMust } from "./must.ts";
import {
  afterWrite,
  assertState,
  nameOf,
  perform,
  type State,
  stateOf,
  type Write,
} from "./store-state.ts";

const hasSteps: NonNullable<Requirement["appliesTo"]> = (_, { steps }) => steps === true;

export const durabilityOpeningRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-005",
    "What a store shows when it is opened after a sudden end, and what it acknowledges from then on, is there after the next one; nothing from before comes back.",
    secondEndsLoseNothing,
  ),
  durabilityMust(
    "DUR-009",
    "A sudden end at any step of making a new store leaves a store that opens, empty, and takes writes.",
    newStoresEndAnywhere,
    hasSteps,
  ),
  durabilityMust(
    "DUR-010",
    "A sudden end at any step of opening a store that had ended suddenly loses nothing: what was acknowledged is there, and what was under way is done or not done.",
    recoveriesEndAnywhere,
    hasSteps,
  ),
];

const start: State = new Map([
  ["a", "old"],
  ["b", "old"],
]);

/** A replacement, a deletion and a restore of the start. */
function writesOf({ capabilities }: CheckContext): readonly Write[] {
  const restored: State = new Map(["a", "c"].map((name) => [name, "restored"]));
  return [
    { verb: "apply", name: "a", value: "new" },
    { verb: "delete", name: "a" },
    // One by one, a restore is as many writes: DUR-008 has them.
    ...(restores(capabilities) && capabilities.restore === "atomic"
      ? [{ verb: "restore", state: restored } as const]
      : []),
  ];
}

/** All the moments of one write at once: a slow system has time for that. */
async function secondEndsLoseNothing(context: CheckContext): Promise<void> {
  for (const write of writesOf(context)) {
    const { store, lastWrite } = await openStarted(context);
    const moments = await lastWrite(() => perform(store.backend, write), nameOf(write));
    const judged = moments.map(({ end }, number) =>
      secondEndLosesNothing(
        end,
        `after a sudden end at moment ${number + 1} of ${moments.length} of: ${nameOf(write)}`,
      ),
    );
    await Promise.all(judged);
    await store.discard();
  }
}

async function secondEndLosesNothing(end: Instance, what: string): Promise<void> {
  const shown = await stateOf(end.backend, what);
  const next: Write = { verb: "apply", name: "a", value: "newest" };
  await assertResolves(perform(end.backend, next), `an apply ${what}`);
  const again = await assertResolves(end.left("crash"), `opening a second time ${what}`);
  const then = `${what}, an apply, and a second end`;
  const expected = [afterWrite(shown, next)];
  assertState(await stateOf(again.backend, then), expected, `what is there ${then}`);
  await again.discard();
  await end.discard();
}

async function newStoresEndAnywhere(context: CheckContext): Promise<void> {
  const ends: Promise<Instance>[] = [];
  let isOpening = true;
  const store = await context.openAnother((made, kind) => {
    if (isOpening && kind === "change") ends.push(caught(made.left("crash")));
  });
  isOpening = false;
  assert(
    ends.length > 0,
    "the subject says that it has steps, and there was none of making a store",
  );
  for (const [step, opening] of ends.entries()) {
    const what = `after a sudden end at step ${step + 1} of ${ends.length} of making a store`;
    const end = await assertResolves(opening, `opening ${what}`);
    assertState(await stateOf(end.backend, what), [new Map()], `what is there ${what}`);
    const write: Write = { verb: "apply", name: "a", value: "new" };
    await assertResolves(perform(end.backend, write), `an apply ${what}`);
    await end.discard();
  }
  await store.discard();
}

async function recoveriesEndAnywhere(context: CheckContext): Promise<void> {
  for (const write of writesOf(context)) {
    const { store, lastWrite } = await openStarted(context);
    const ends: Promise<Instance>[] = [];
    let isOpening = true;
    const opened = await lastWrite(
      () => perform(store.backend, write),
      nameOf(write),
      (opening, kind) => {
        if (isOpening && kind === "change") ends.push(caught(opening.left("crash")));
      },
    );
    isOpening = false;
    for (const { end } of opened) await end.discard();
    for (const [moment, opening] of ends.entries()) {
      const what = `after a sudden end of: ${nameOf(write)}, and another at step ${moment + 1} of ${ends.length} of opening again`;
      const end = await assertResolves(opening, `opening ${what}`);
      const allowed = [start, afterWrite(start, write)];
      assertState(await stateOf(end.backend, what), allowed, `what is there ${what}`);
      await end.discard();
    }
    await store.discard();
  }
}

async function openStarted(context: CheckContext): Promise<EndingStore> {
  const ending = await openEnding(context, "crash");
  for (const [name, value] of start)
    await perform(ending.store.backend, { verb: "apply", name, value });
  return ending;
}

/** Whoever awaits it later is told of its rejection. */
function caught<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
