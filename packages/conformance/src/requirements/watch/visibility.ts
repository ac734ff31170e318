/** WATCH: what an event promises about the store. */

import { BackendError, type Revision, type StoreBackend } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  fail,
  rejection,
  show,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, keepsBytes, type Manifest } from "../../harness/fixtures.ts";
import { type ChangeEvent, recordWatch } from "../../harness/watch-recorder.ts";
import { WriteLog } from "../../harness/write-log.ts";
import type { Requirement } from "../requirement.ts";
import { watchMust } from "./must.ts";

export const watchVisibilityRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-027",
    "The bodies that a watch delivers are the reader's: overwriting one changes neither the store nor what another watch delivers.",
    bodiesAreTheReaders,
  ),
  watchMust(
    "WATCH-028",
    "As soon as an event is read, `get` shows what it shows, or something newer.",
    eventsAreVisible,
    ({ verbs }) => verbs.includes("get"),
  ),
  watchMust(
    "WATCH-030",
    "An event announces only what survives a sudden end of the process.",
    eventsAreDurable,
    ({ durability }) => durability !== "none",
  ),
];

/** Once in the initial state, once live. */
async function bodiesAreTheReaders({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const open = () => recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const before = fixtures.manifest({ name: "shared", value: "before" });
  const after = fixtures.manifest({ name: "shared", value: "after" });
  await backend.apply(before.format, before.body);
  const [first, second] = [await open(), await open()];
  for (const step of ["initial", "live"]) {
    if (step === "live") await backend.apply(after.format, after.body);
    const mine = (await first.nextChange(`the first watch, ${step}`)).resource.body;
    const original = new Uint8Array(mine); // the slice of a Buffer would be no copy
    mine.fill(0x21);
    const theirs = (await second.nextChange(`the second watch, ${step}`)).resource.body;
    assertBytes(
      theirs,
      original,
      `${step} body in another watch, after a reader has overwritten its own`,
    );
    const stored = await backend.get(after.ref, after.format);
    assertBytes(
      stored.body,
      original,
      `stored body after a reader has overwritten its ${step} one`,
    );
  }
}

async function eventsAreVisible({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const ref = fixtures.ref("visible");
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await recorder.initialState("a watch");
  const log = new WriteLog(backend);
  const observed: (readonly [ChangeEvent, Revision | undefined])[] = [];
  const write = async (): Promise<void> => {
    for (let value = 0; value < 10; value++)
      await log.apply(fixtures.manifest({ name: ref.name, value }));
    await log.delete(ref);
  };
  const read = async (): Promise<void> => {
    while (observed.at(-1)?.[0].type !== "deleted") {
      const event = await recorder.nextChange("a watch beside a writer");
      observed.push([event, await revisionOf(backend, fixtures.manifest({ name: ref.name }))]);
    }
  };
  await Promise.all([write(), read()]);

  const order: readonly Revision[] = log.changes.slice(0, -1).map(({ revision }) => revision);
  for (const [{ type, resource }, shown] of observed) {
    if (type === "deleted")
      assertEqual(shown, undefined, "revision that get shows after a deleted event");
    else if (shown !== undefined) {
      const isOlder = order.indexOf(shown) < order.indexOf(resource.revision);
      assert(
        !isOlder,
        `get shows the revision ${shown} after the event of ${resource.revision}, which is newer`,
      );
    } else assert(observed.at(-1)?.[0].type === "deleted", "get finds nothing after an event");
  }
}

async function revisionOf(
  backend: StoreBackend,
  { ref, format }: Manifest,
): Promise<Revision | undefined> {
  try {
    return (await backend.get(ref, format)).revision;
  } catch (error) {
    if (BackendError.is(error, "not_found")) return undefined;
    throw error;
  }
}

/** The process ends when the event is read, which may be before the write has resolved. */
async function eventsAreDurable({ backend, capabilities, crash }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const versions = [1, 2].map((value) => fixtures.manifest({ name: "announced", value }));
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  await recorder.initialState("a watch");
  const afterEvent = async (): Promise<StoreBackend> => {
    await recorder.nextChange("a watch beside a writer");
    return crash();
  };
  for (const { ref, format, body } of versions) {
    const [, survivor] = await Promise.all([backend.apply(format, body), afterEvent()]);
    const kept = await rejection(survivor.get(ref, format));
    if (kept !== undefined) fail(`a resource is lost after its event: ${show(kept.value)}`);
    if (!keepsBytes(capabilities, ref.kind)) continue;
    assertBytes(
      (await survivor.get(ref, format)).body,
      body,
      "body that survives, after the event of its write",
    );
  }
  const { ref, format } = fixtures.manifest({ name: "announced" });
  const [, survivor] = await Promise.all([backend.delete(ref), afterEvent()]);
  const kept = await rejection(survivor.get(ref, format));
  assert(
    BackendError.is(kept?.value, "not_found"),
    "a resource is there again after its deleted event",
  );
}
