/** CONC: lists and snapshots that are taken while others write. */

import type { Capabilities, ResourceRef } from "@engenho/sdk";
import { assert, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, manifestValue } from "../../harness/fixtures.ts";
import { HistoryRecorder } from "../../harness/history-recorder.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import type { Requirement } from "../requirement.ts";
import { assertOrder } from "./assert-order.ts";
import { concurrencyMust } from "./must.ts";

export const concurrencyReadRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-006",
    "A list that is taken beside writers has its place in the order of their writes: of each resource it shows what a `get` in its place would.",
    (context) => readsHaveAPlace(context, "list"),
    isLinearizable,
  ),
  concurrencyMust(
    "CONC-007",
    "A list that is taken beside writers shows all of its resources at one instant.",
    listsShowOneInstant,
    isLinearizable,
  ),
  concurrencyMust(
    "CONC-008",
    "A snapshot that is taken beside writers has what was acknowledged before it was asked for, and nothing that was written after it was answered.",
    (context) => readsHaveAPlace(context, "snapshot"),
    (capabilities) =>
      isLinearizable(capabilities) &&
      capabilities.snapshot !== "none" &&
      capabilities.verbs.includes("snapshot"),
  ),
];

function isLinearizable({ reads }: Capabilities): boolean {
  return reads === "linearizable";
}

/** After so many reads beside the same writes, the writes are slow, and a reader looks once in a millisecond. */
const hurriedReads = 2_000;

/** Two writers of two resources, and two readers at different paces. */
async function readsHaveAPlace(
  { backend, capabilities, full }: CheckContext,
  verb: "list" | "snapshot",
): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const recorder = new HistoryRecorder();
  const refs: readonly [ResourceRef, ResourceRef] = [fixtures.ref("a"), fixtures.ref("b")];
  const write = async (client: number): Promise<void> => {
    for (let i = 0; i < (full ? 40 : 12); i++) {
      const ref = refs[(i + client) % 2] ?? refs[0];
      const value = i % 5 === 4 ? undefined : `${client}x${i}`;
      await recorder.write(client, backend, { ref, value });
      if (i % 3 === client) await nextTurn();
    }
  };
  let isWriting = true;
  const read = async (client: number): Promise<void> => {
    for (let i = 0; isWriting; i++) {
      await recorder[verb](client, backend, refs);
      if (i >= hurriedReads) await new Promise((resolve) => setTimeout(resolve, 1));
      else if (i % 2 === 0 || client === 3) await nextTurn();
    }
    await recorder[verb](client, backend, refs);
  };
  const writing = Promise.all([write(0), write(1)]).finally(() => {
    isWriting = false;
  });
  await Promise.all([writing, read(2), read(3)]);
  assertOrder(recorder.history, `a ${verb} beside writers`);
}

/** A writer raises a counter in one resource and then in another: a list shows them equal, or the first ahead by one. */
async function listsShowOneInstant({ backend, capabilities, full }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  // The one that is written first stands last: a reader that goes along meets it late.
  const [first, second] = ["counter-1", "counter-0"];
  const write = async (name: string, value: number): Promise<void> => {
    const { format, body } = fixtures.manifest({ name, value });
    await backend.apply(format, body);
  };
  await write(first, 0);
  await write(second, 0);
  let isWriting = true;
  const writer = async (): Promise<void> => {
    for (let value = 1; value <= (full ? 100 : 15); value++) {
      await write(first, value);
      await write(second, value);
      // Or everything is written before a reader that takes its time looks again.
      if (value % 2 === 0) await nextTurn();
    }
  };
  const reader = async (): Promise<void> => {
    while (isWriting) {
      const { items } = await backend.list(fixtures.kind, undefined, fixtures.format);
      const counters = new Map(
        items.map(({ ref, body }) => [ref.name, Number(manifestValue(body))]),
      );
      const [ahead, behind] = [counters.get(first), counters.get(second)];
      const isOneInstant =
        ahead !== undefined && behind !== undefined && (ahead === behind || ahead === behind + 1);
      assert(
        isOneInstant,
        `a list shows ${show(ahead)} in the resource that is written first and ${show(behind)} in the other`,
      );
      await nextTurn();
    }
  };
  const writing = writer().finally(() => {
    isWriting = false;
  });
  await Promise.all([writing, reader(), reader()]);
}
