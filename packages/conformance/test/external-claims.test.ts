/** Sound backends that claim less than most, or are slower: the external profile asks no more of them than SPEC.md. */

import { type Capabilities, defaultCapabilities } from "@engenho/sdk";
import { expect, test } from "vitest";
import { nextTurn } from "../src/harness/next-turn.ts";
import type { Bug } from "../src/mutants/bug.ts";
import { followedMemory } from "../src/mutants/followed-memory.ts";
import { distorting } from "../src/mutants/watch-bug.ts";
import { requirements } from "../src/requirements/index.ts";
import { judge } from "./support/fake-backend.ts";

const external = requirements.filter(({ profile }) => profile === "external");

const without = (verb: string): Partial<Capabilities> => ({
  verbs: defaultCapabilities.verbs.filter((each) => each !== verb),
});

test.each<[string, Partial<Capabilities>]>([
  ["takes no native bodies", { formats: ["yaml", "json"] }],
  [
    "takes a kind in one format only",
    { kinds: ["ConfigMap", "Secret"].map((kind) => ({ kind, formats: ["yaml"] })) },
  ],
  ["restores and makes no snapshots", { ...without("snapshot"), snapshot: "none" }],
  ["makes snapshots and restores none", { ...without("restore"), restore: "none" }],
])("one that %s", async (_, claims) => {
  expect(await faultsOf({ claims })).toEqual([]);
});

/** Of what others have changed, it tells what it was asked before. */
const countsLate: Bug = (sound) => {
  let count = sound.resourceCount();
  const counting = async <T>(write: Promise<T>): Promise<T> => {
    const result = await write;
    count = sound.resourceCount();
    return result;
  };
  return {
    apply: (...args) => counting(sound.apply(...args)),
    delete: (...args) => counting(sound.delete(...args)),
    restore: (...args) => counting(sound.restore(...args)),
    resourceCount: () => {
      const before = count;
      count = sound.resourceCount();
      return before;
    },
  };
};

/** Tells the later of two replacements only, where it has both. */
const tellsTheLast: Bug = distorting(async function* (events) {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const { done, value } = await next;
    if (done === true) return;
    next = iterator.next();
    for (let turn = 0; turn < 8; turn++) await nextTurn();
    const following = await Promise.race([next, Promise.resolve()]);
    const isReplaced = following?.done === false && following.value.type === "modified";
    if (value.type !== "modified" || !isReplaced) yield value;
  }
});

test.each<[string, Parameters<typeof followedMemory>[0]]>([
  ["counts late what others do", { bug: countsLate, hasSync: false }],
  ["tells two replacements as one", { bug: tellsTheLast }],
])("one that %s", async (_, parts) => {
  expect(await faultsOf(parts)).toEqual([]);
});

async function faultsOf(parts: Parameters<typeof followedMemory>[0]): Promise<readonly unknown[]> {
  const judged = await judge(external, followedMemory(parts));
  expect(judged.requirements.length).toBeGreaterThan(8);
  return judged.requirements
    .filter(({ status }) => status !== "passed")
    .map(({ id, status, message }) => [id, status, message]);
}
