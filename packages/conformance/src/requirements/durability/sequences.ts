/** DUR: an end at every moment of every sequence of up to three writes. */

import { BackendError, type Capabilities } from "@engenho/sdk";
import { assertResolves } from "../../harness/assertions.ts";
import type { CheckContext, Instance } from "../../harness/check-context.ts";
import { restores } from "../snapshot/must.ts";
import type { Requirement } from "../requirement.ts";
import { type End, nameOf as nameOfEnd, openEnding } from "./moments.ts";
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

export const durabilitySequenceRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-008",
    "At whatever moment of whatever sequence of up to three applies, deletes and restores the process ends, what was acknowledged is there; the write that was under way is done or not done (a resumable restore for each resource by itself), and can be made again.",
    (context) => endEverySequence(context, "crash", 3),
  ),
  durabilityMust(
    "DUR-011",
    "Where `durability` is `power-loss`, so it is at whatever moment of such a sequence power is lost.",
    // Twice at each moment, for luck: three writes are for the full size.
    (context) => endEverySequence(context, "cutPower", context.full ? 3 : 2),
    ({ durability }) => durability === "power-loss",
  ),
];

/** How many sequences are tried at once: a system on a disk does little but wait. */
const lanes = 4;

/**
 * After so many milliseconds, twice as many where full sizes are wanted, no more sequences but those of one write are
 * begun: a slow system is judged by fewer, rather than by none.
 */
const patienceMs = 15_000;

async function endEverySequence(context: CheckContext, by: End, longest: number): Promise<void> {
  const end = performance.now() + (context.full ? 2 : 1) * patienceMs;
  const shortFirst = sequences(context.capabilities, longest).toSorted(
    (one, other) => one.length - other.length,
  );
  const queue = shortFirst.values();
  const lane = async (): Promise<void> => {
    // The lanes share one iterator: each takes the next sequence that nobody has taken.
    for (const writes of queue)
      if (writes.length === 1 || performance.now() < end) await endSequence(context, by, writes);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Ends the last write at every moment: what comes before it is a sequence itself. */
async function endSequence(
  context: CheckContext,
  by: End,
  writes: readonly Write[],
): Promise<void> {
  const last = writes.at(-1) as Write;
  const { store, lastWrite } = await openEnding(context, by);
  let before: State = new Map();
  for (const write of writes.slice(0, -1)) {
    await perform(store.backend, write);
    before = afterWrite(before, write);
  }
  const after = afterWrite(before, last);
  const what = writes.map(nameOf).join(", then ");
  const moments = await lastWrite(() => perform(store.backend, last), what);
  for (const [number, { end, isAcknowledged }] of moments.entries()) {
    const when = `after ${nameOfEnd(by)} at moment ${number + 1} of ${moments.length} of: ${what}`;
    const allowed = isAcknowledged ? [after] : between(before, last, context.capabilities);
    assertState(await stateOf(end.backend, when), allowed, `what is there ${when}`);
    // What stands in the way of a write is there after short sequences too.
    if (writes.length < 3) await assertRepeatable(end, last, after, when);
    await end.discard();
  }
  await store.discard();
}

async function assertRepeatable(
  { backend }: Instance,
  last: Write,
  after: State,
  when: string,
): Promise<void> {
  try {
    await perform(backend, last);
  } catch (error) {
    const wasDone = last.verb === "delete" && BackendError.is(error, "not_found");
    if (!wasDone) await assertResolves(Promise.reject(error), `the same write once more ${when}`);
  }
  const again = await stateOf(backend, `made again ${when}`);
  assertState(again, [after], `what is there after the same write once more ${when}`);
}

/** What may be there while a write is under way. */
function between(before: State, write: Write, { restore }: Capabilities): readonly State[] {
  const after = afterWrite(before, write);
  if (write.verb !== "restore" || restore === "atomic") return [before, after];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.reduce<readonly State[]>(
    (states, name) =>
      states.flatMap((state) =>
        [before, after].map((source) => {
          const value = source.get(name);
          return value === undefined ? state : new Map([...state, [name, value]]);
        }),
      ),
    [new Map()],
  );
}

/** Every sequence of one write to so many, none of them a delete of what is not there. */
function sequences(capabilities: Capabilities, longest: number): readonly (readonly Write[])[] {
  const all: (readonly Write[])[] = [];
  const extend = (writes: readonly Write[], state: State): void => {
    if (writes.length > 0) all.push(writes);
    if (writes.length === longest) return;
    for (const write of possibleWrites(capabilities, state, `v${writes.length + 1}`))
      extend([...writes, write], afterWrite(state, write));
  };
  extend([], new Map());
  return all;
}

function possibleWrites(capabilities: Capabilities, state: State, value: string): readonly Write[] {
  return [
    { verb: "apply", name: "a", value },
    { verb: "apply", name: "b", value },
    ...(state.has("a") ? [{ verb: "delete", name: "a" } as const] : []),
    ...(restores(capabilities)
      ? [{ verb: "restore", state: new Map(["a", "c"].map((name) => [name, value])) } as const]
      : []),
  ];
}
