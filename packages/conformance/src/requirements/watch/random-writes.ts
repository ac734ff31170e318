/** WATCH: a property over random writes and a reader of random pace. */

import fc from "fast-check";
import { referenceKey, type StoreBackend } from "@engenho/sdk";
import { assertProperty } from "../../harness/assert-property.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import { assertKnowsList, sentinel } from "../../harness/sentinel.ts";
import { recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchRandomWriteRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-034",
    "Whatever is written and however slowly it reads, a reader that follows the rules of `WatchEvent` ends up with the listed state.",
    faithfulReadersKnowTheState,
  ),
];

/** Marks the last write of a script. */
const lastMark = 1;

type Step =
  | { readonly do: "apply"; readonly name: string; readonly value: number }
  | { readonly do: "delete"; readonly name: string }
  /** Allows the reader so many more events. */
  | { readonly do: "read"; readonly count: number };

const name = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("apply" as const), name, value: fc.nat(3) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), name }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

async function faithfulReadersKnowTheState({ backend, seed, full }: CheckContext): Promise<void> {
  const steps = fc.array(step, { minLength: 4, maxLength: 24 });
  await assertProperty<[number, readonly Step[]]>(
    [fc.integer({ min: 1, max: 6 }), steps],
    (bufferLimit, script) => runScript(backend, bufferLimit, script),
    { seed, numRuns: full ? 40 : 12 },
  );
}

async function runScript(
  backend: StoreBackend,
  bufferLimit: number,
  script: readonly Step[],
): Promise<void> {
  const fixtures = new Fixtures(backend.capabilities);
  await empty(backend);
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format, {
    bufferLimit,
  });
  const reader = new PacedReader(recorder, referenceKey(sentinel(backend, lastMark).ref));
  const present = new Set<string>();
  for (const action of script) {
    if (action.do === "read") reader.allow(action.count);
    else if (action.do === "apply") {
      const { format, body } = fixtures.manifest(action);
      await backend.apply(format, body);
      present.add(action.name);
    } else if (present.delete(action.name)) await backend.delete(fixtures.ref(action.name));
  }
  const finish = reader.finish();
  // Two, since who drops events without a word has room for the second: that fails rather than waits.
  for (const mark of [0, lastMark]) {
    const { format, body } = sentinel(backend, mark);
    await Promise.race([nextTurn(), finish]);
    await backend.apply(format, body);
  }
  await finish;
  await assertKnowsList(backend, recorder, `a reader with a bufferLimit of ${bufferLimit}`);
  await recorder.watch.close();
}

async function empty(backend: StoreBackend): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await backend.list(kind, undefined, format);
  for (const { ref } of items) await backend.delete(ref);
}

/** Reads in the background as many events as it is allowed, one at a time. */
class PacedReader {
  readonly #recorder: WatchRecorder;
  readonly #lastKey: string;
  #reading: Promise<void> = Promise.resolve();
  /** Whether the initial state, or that after a reset, is still being delivered. */
  #isReplaying = true;

  constructor(recorder: WatchRecorder, lastKey: string) {
    this.#recorder = recorder;
    this.#lastKey = lastKey;
  }

  allow(count: number): void {
    for (let i = 0; i < count; i++) this.#reading = this.#reading.then(() => this.#readOne());
    // What goes wrong is thrown by `finish`.
    this.#reading.catch(() => {});
  }

  /** Reads on until the last write is known, in a complete state. */
  async finish(): Promise<void> {
    await this.#reading;
    while (!this.#isFinished()) await this.#readOne();
  }

  async #readOne(): Promise<void> {
    if (this.#isFinished()) return;
    const { type } = await this.#recorder.next("a reader of random pace");
    if (type === "reset") this.#isReplaying = true;
    if (type === "bookmark") this.#isReplaying = false;
  }

  #isFinished(): boolean {
    return !this.#isReplaying && this.#recorder.state.has(this.#lastKey);
  }
}
