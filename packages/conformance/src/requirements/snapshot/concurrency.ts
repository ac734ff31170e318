/** SNAP: snapshots and restores beside writers. */

import {
  BackendError,
  encodeSnapshot,
  decodeEnvelope,
  decodeSnapshot,
  type ResourceRef,
  type Revision,
  type StoreBackend,
} from "@engenho/sdk";
import { assert, assertEqual, fail, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAll, Fixtures, type Manifest, manifestValue } from "../../harness/fixtures.ts";
import { nextTurn } from "../../harness/next-turn.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import type { Requirement } from "../requirement.ts";
import { restores, snapshotMust, snapshots } from "./must.ts";

export const snapshotConcurrencyRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-015",
    "A write that is issued while a restore runs takes effect before it or after it, and its result tells which.",
    restores,
    writesAreBeforeOrAfter,
  ),
  snapshotMust(
    "SNAP-017",
    "A snapshot that is taken while writes run shows one instant: of the whole store where `snapshot` is `consistent`, of each kind where it is `per-kind`.",
    (capabilities) => snapshots(capabilities) && capabilities.kinds === "any",
    snapshotShowsOneInstant,
  ),
];

/** One write of each sort on each sort of resource; what it resolves to says on which side it fell. */
async function writesAreBeforeOrAfter({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const manifest = (name: string, value: string): Manifest => fixtures.manifest({ name, value });
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  const restored = numbers.map((number) => manifest(`restored-${number}`, "restored"));
  const snapshot = encodeSnapshot(restored.map(snapshotEntry));
  for (let round = 0; round < 4; round++) {
    await backend.restore(Uint8Array.of(0x80));
    await applyAll(
      backend,
      numbers.map((number) => manifest(`old-${number}`, "old")),
    );
    const issue = (number: number): Promise<Attempt>[] => [
      attemptApply(backend, manifest(`old-${number}`, "written"), false),
      attemptApply(backend, manifest(`restored-${number}`, "written"), true),
      attemptDelete(backend, fixtures.ref(`old-${number + 1}`), false),
      attemptDelete(backend, fixtures.ref(`restored-${number + 1}`), true),
    ];
    const first = issue(1);
    for (let turn = 0; turn < round; turn++) await nextTurn();
    const restore = backend.restore(snapshot);
    for (let turn = 0; turn < round; turn++) await nextTurn();
    const second = issue(3);
    const [sequence] = await Promise.all([
      writeInSequence(backend, manifest),
      restore,
      ...first,
      ...second,
    ]);
    for (const attempt of await Promise.all([...first, ...second]))
      await assertTruthful(backend, attempt, fixtures.format);
    for (const attempt of sequence) await assertTruthful(backend, attempt, fixtures.format);
    const firstAfter = sequence.findIndex(({ side }) => side === "after");
    const stray =
      firstAfter < 0 ? undefined : sequence.slice(firstAfter).find(({ side }) => side === "before");
    if (stray !== undefined)
      fail(`${stray.what}, so came before it, but another that had ended already came after it`);
  }
}

/** One write after the other: once one is after the restore, so are the rest. */
async function writeInSequence(
  backend: StoreBackend,
  manifest: (name: string, value: string) => Manifest,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const number of [5, 6, 7, 8]) {
    attempts.push(await attemptApply(backend, manifest(`restored-${number}`, "written"), true));
    await nextTurn();
    attempts.push(await attemptApply(backend, manifest(`old-${number}`, "written"), false));
  }
  return attempts;
}

/** A write beside a restore, and what its result says. */
interface Attempt {
  readonly ref: ResourceRef;
  /** Whether the restored state has the resource. */
  readonly isRestored: boolean;
  readonly side: "before" | "after";
  /** What an apply that came after leaves; undefined for a delete. */
  readonly revision: Revision | undefined;
  readonly what: string;
}

/** What was there decides between created and replaced: the old resources before, the restored ones after. */
async function attemptApply(
  backend: StoreBackend,
  { ref, format, body }: Manifest,
  isRestored: boolean,
): Promise<Attempt> {
  const { operation, revision } = await backend.apply(format, body);
  const side = (operation === "replaced") === isRestored ? "after" : "before";
  return {
    ref,
    isRestored,
    side,
    revision,
    what: `an apply that ${operation} ${ref.name} beside a restore`,
  };
}

async function attemptDelete(
  backend: StoreBackend,
  ref: ResourceRef,
  isRestored: boolean,
): Promise<Attempt> {
  const wasThere = await backend.delete(ref).then(
    () => true,
    (error: unknown) => {
      if (BackendError.is(error, "not_found")) return false;
      throw error;
    },
  );
  const side = wasThere === isRestored ? "after" : "before";
  const what = `a delete that found ${wasThere ? "" : "no "}${ref.name} beside a restore`;
  return { ref, isRestored, side, revision: undefined, what };
}

async function assertTruthful(
  backend: StoreBackend,
  attempt: Attempt,
  format: string,
): Promise<void> {
  const { ref, isRestored, side, revision, what } = attempt;
  const { items } = await backend.list(ref.kind, ref.namespace, format);
  const found = items.find((item) => item.ref.name === ref.name)?.revision;
  if (side === "after")
    assertEqual(found, revision, `${what}, so came after it: revision in the end`);
  else {
    assertEqual(
      found !== undefined,
      isRestored,
      `${what}, so came before it: whether it is there in the end`,
    );
    assert(
      revision === undefined || found !== revision,
      `${what}, so came before it, and yet its revision stands`,
    );
  }
}

/** A writer raises a counter in one resource and then in another: a snapshot shows them equal, or the first ahead by one. */
async function snapshotShowsOneInstant({
  backend,
  capabilities,
  full,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const kinds =
    capabilities.snapshot === "consistent"
      ? [fixtures.kind, fixtures.otherKind]
      : [fixtures.kind, fixtures.kind];
  // The resource that is written first stands last in snapshot order: a reader that goes along meets it late.
  const [second, first] = kinds.map((kind, index) => ({ kind, name: `counter-${index}` })) as [
    ResourceRef,
    ResourceRef,
  ];
  const write = (which: ResourceRef, value: number): Promise<unknown> => {
    const { format, body } = fixtures.manifest({ ...which, value });
    return backend.apply(format, body);
  };
  await write(first, 0);
  await write(second, 0);
  const last = full ? 120 : 30;
  let isWriting = true;
  const writer = async (): Promise<void> => {
    for (let value = 1; value <= last; value++) {
      await write(first, value);
      await write(second, value);
    }
  };
  const reader = async (): Promise<void> => {
    while (isWriting) {
      const counters = countersIn(await backend.snapshot());
      const [ahead, behind] = [counters.get(first.name), counters.get(second.name)];
      const isOneInstant =
        ahead !== undefined && behind !== undefined && (ahead === behind || ahead === behind + 1);
      assert(
        isOneInstant,
        `a snapshot shows ${show(ahead)} in the resource that is written first and ${show(behind)} in the other`,
      );
      await nextTurn();
    }
  };
  const writing = writer().finally(() => {
    isWriting = false;
  });
  await Promise.all([writing, reader(), reader()]);
}

function countersIn(snapshot: Uint8Array): ReadonlyMap<string, number> {
  const entries = decodeSnapshot(snapshot).map(({ ref, envelope }) => {
    return [ref.name, Number(manifestValue(decodeEnvelope(envelope).payload))] as const;
  });
  return new Map(entries);
}
