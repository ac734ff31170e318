/** Continuing from a cursor on a store that was opened anew, however it had ended. */

import type { StoreBackend } from "@engenho/sdk";
import { assert, assertEqual } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { WriteLog } from "../../harness/write-log.ts";

/** Fails if a watch since a cursor from before `what` leaves a gap in what comes after `openAnew`. */
export async function assertResumes(
  context: CheckContext,
  what: string,
  openAnew: () => Promise<StoreBackend>,
): Promise<void> {
  const { capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const log = new WriteLog(context.backend);
  for (const name of ["changed", "deleted", "untouched"])
    await log.apply(fixtures.manifest({ name }));
  const before = await recordWatch(context.backend, fixtures.kind, undefined, fixtures.format);
  const { cursor } = await before.initialState(`a watch before the ${what}`);
  await log.apply(fixtures.manifest({ name: "changed", value: 1 }));
  await log.delete(fixtures.ref("deleted"));
  const opened = await openAnew();
  const created = fixtures.manifest({ name: "created" });
  await opened.apply(created.format, created.body);

  const { kind, format } = fixtures;
  const after = await recordWatch(opened, kind, undefined, format, { since: cursor });
  for (const [key, resource] of before.state) after.state.set(key, resource);
  const first = await after.untilBookmark(`a watch since a cursor from before the ${what}`);
  const resets = first.filter(({ type }) => type === "reset");
  assert(resets.length <= 1, `${resets.length} resets came before the first bookmark`);
  await assertKnowsBodies(opened, after, what);
}

/** Revisions may be new in a store that was opened anew, so this compares what there is, and the bodies. */
async function assertKnowsBodies(
  backend: StoreBackend,
  { state }: WatchRecorder,
  what: string,
): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await backend.list(kind, undefined, format);
  const plain = (resources: Iterable<{ ref: { name: string }; body: Uint8Array }>): unknown[] =>
    [...resources]
      .map(({ ref, body }) => [ref.name, body])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  assertEqual(
    plain(state.values()),
    plain(items),
    `what a reader holds after a ${what}, compared with a list`,
  );
}
