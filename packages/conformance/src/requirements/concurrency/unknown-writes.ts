/** CONC: writes of which nobody knows whether they happened. */

import fc from "fast-check";
import { assertProperty } from "../../harness/assert-property.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { HistoryRecorder } from "../../harness/history-recorder.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import type { Requirement } from "../requirement.ts";
import { assertOrder } from "./assert-order.ts";
import { concurrencyMust } from "./must.ts";
import { freshRefs } from "./programs.ts";

export const concurrencyUnknownWriteRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-005",
    "A write whose outcome is `unknown` has taken effect by the time a later write of its resource is acknowledged, or never does; one whose outcome is `none` never does.",
    unknownWritesAreSettled,
  ),
];

interface Attempt {
  readonly do: "apply" | "delete" | "get";
  readonly value: number;
  /** After so many turns of the event loop, or so many callbacks. */
  readonly givenUp: { readonly turns: number } | { readonly callbacks: number } | "never";
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  do: fc.constantFrom<Attempt["do"]>("apply", "apply", "delete", "get"),
  value: fc.nat(9),
  givenUp: fc.oneof(
    fc.record({ callbacks: fc.nat(12) }),
    fc.record({ turns: fc.integer({ min: 1, max: 4 }) }),
    fc.constant("never" as const),
  ),
});

/** How long a write that was given up gets to show up after all, in milliseconds. */
const lateMs = 10;

async function unknownWritesAreSettled({ backend, seed, full }: CheckContext): Promise<void> {
  let run = 0;
  const clients = fc.array(fc.array(attempt, { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 3,
  });
  const isSettled = async (programs: readonly (readonly Attempt[])[]): Promise<void> => {
    const recorder = new HistoryRecorder();
    const [ref] = freshRefs(backend, run++);
    const perform = async (client: number, each: Attempt): Promise<void> => {
      if (each.do === "get") return void (await recorder.get(client, backend, ref));
      const controller = new AbortController();
      const value = each.do === "apply" ? `${each.value}` : undefined;
      const write = recorder.write(client, backend, { ref, value, signal: controller.signal });
      if (each.givenUp !== "never") {
        await waitFor(each.givenUp);
        controller.abort();
      }
      await write;
    };
    const runClient = async (client: number): Promise<void> => {
      for (const each of programs[client] ?? []) await perform(client, each);
    };
    await recorder.write(0, backend, { ref, value: "first" });
    await Promise.all(programs.map((_, client) => runClient(client)));
    // Acknowledged, so that whatever was given up must be decided.
    await recorder.write(0, backend, { ref, value: "last" });
    await recorder.get(0, backend, ref);
    await new Promise((resolve) => setTimeout(resolve, lateMs));
    await recorder.get(0, backend, ref);
    assertOrder(recorder.settledHistory, "writes that were given up");
  };
  await assertProperty<[readonly (readonly Attempt[])[]]>([clients], isSettled, {
    seed,
    numRuns: full ? 100 : 12,
  });
}

async function waitFor(
  time: { readonly callbacks: number } | { readonly turns: number },
): Promise<void> {
  if ("turns" in time) for (let i = 0; i < time.turns; i++) await nextTurn();
  else for (let i = 0; i < time.callbacks; i++) await Promise.resolve();
}
