/** Sends every subject's snapshot into every subject and back: the matrix. */

import { decodeEnvelope, decodeSnapshot, encodeSnapshot, type SnapshotEntry } from "@engenho/sdk";
import { CannotRunError } from "../harness/cannot-run-error.ts";
import { refuseSameNames } from "../harness/refuse-same-names.ts";
import {
  type CheckOptions,
  type CheckSettings,
  resolveSettings,
} from "../harness/check-settings.ts";
import { formatDuration, settleWithin, timedOut } from "../harness/deadline.ts";
import { errorLine } from "../harness/error-line.ts";
import type { Manifest } from "../harness/fixtures.ts";
import { OpenStores } from "../harness/open-stores.ts";
import { type PreparedSubject, prepareSubject } from "../harness/prepare-subject.ts";
import { captureStrayErrors } from "../harness/stray-errors.ts";
import type { Subject } from "../harness/subject.ts";
import { currentEnvironment } from "../report/environment.ts";
import { kitVersion } from "../report/kit-version.ts";
import { restores, snapshots } from "../requirements/snapshot/must.ts";
import { refusal } from "./can-hold.ts";
import type { CellResult, InteropCell, InteropReport, LeftOut } from "./interop-report.ts";
import { rustSnapshot } from "./rust-snapshot.ts";
import { type Journey, type OpenStore, travel, travelOneWay, type TravelStore } from "./travel.ts";
import { travellersOf } from "./travellers.ts";

/** The row of what the Rust implementation has written. */
const rust = "rust";

/** How a run goes. */
export interface InteropOptions extends CheckOptions {
  /** Told of each cell as it is done. */
  readonly observe?: ((cell: InteropCell) => void) | undefined;
}

/**
 * Fills the matrix, row by row. A subject that loses something makes a cell that says so; rejects with a
 * CannotRunError if one does not open, or two have the same name.
 */
export async function runInterop(
  subjects: readonly Subject[],
  options: InteropOptions = {},
): Promise<InteropReport> {
  const date = new Date().toISOString();
  const settings = resolveSettings(options);
  const names = subjects.map(({ name }) => name);
  refuseSameNames(subjects);
  if (names.includes(rust))
    throw new CannotRunError(`no subject may be called ${rust}: give it another name`);
  const errors: string[] = [];
  const stopCapturing = captureStrayErrors((error) =>
    errors.push(`nobody caught: ${errorLine(error)}`),
  );
  try {
    const prepared: PreparedSubject[] = [];
    for (const subject of subjects) prepared.push(await prepareSubject(subject, settings));
    const cells: InteropCell[] = [];
    for (const from of [...prepared, undefined]) {
      for (const to of prepared) {
        const cell = await fill(from, to, settings);
        cells.push(cell);
        options.observe?.(cell);
      }
    }
    return {
      schema: "engenho.interop/v1",
      kit: { version: kitVersion() },
      date,
      environment: currentEnvironment(),
      subjects: names,
      cells,
      errors,
    };
  } finally {
    stopCapturing();
  }
}

/** One cell; without `from` it is the Rust implementation's. */
async function fill(
  from: PreparedSubject | undefined,
  to: PreparedSubject,
  settings: CheckSettings,
): Promise<InteropCell> {
  const cell = { from: from?.subject.name ?? rust, to: to.subject.name };
  const nowhere = {
    ...cell,
    result: "impossible",
    resources: 0,
    aspects: {},
    leftOut: [],
  } as const;
  if (from !== undefined && !snapshots(from.capabilities))
    return { ...nowhere, problems: [`${cell.from} makes no snapshots`] };
  if (!restores(to.capabilities)) return { ...nowhere, problems: [`${cell.to} restores none`] };

  const entries = decodeSnapshot(rustSnapshot());
  const all = from === undefined ? entries.map(asManifest) : travellersOf(from, to);
  const ends = from === undefined ? [to] : [from, to];
  const { held, leftOut } = sort(all, ends);
  if (held.length === 0)
    return { ...nowhere, leftOut, problems: ["there is no resource that both claim to hold"] };

  const journey = await withStores(ends, settings, (open) => {
    const there = open(to);
    if (from !== undefined) return travel(held, open(from), there);
    const kept = new Set(held.map(({ ref }) => ref));
    const sent = entries.filter(({ ref }) => kept.has(ref));
    // Whole, it goes as Rust has spelled it; of a part, only the envelopes are.
    const canonical = encodeSnapshot(sent);
    return travelOneWay(leftOut.length === 0 ? rustSnapshot() : canonical, canonical, there);
  });
  return { ...cell, resources: held.length, leftOut, ...journey, result: resultOf(journey) };
}

/** Gives `work` a way to open stores of subjects; closes and removes them, whatever becomes of it. */
async function withStores(
  subjects: readonly PreparedSubject[],
  { seed, timeoutMs }: CheckSettings,
  work: (open: (subject: PreparedSubject) => OpenStore) => Promise<Journey>,
): Promise<Journey> {
  const stores = new Map(subjects.map((each) => [each, new OpenStores(each.subject, seed)]));
  const open =
    (subject: PreparedSubject): OpenStore =>
    async (): Promise<TravelStore> => {
      const instance = await stores.get(subject)?.openFresh();
      if (instance === undefined) throw new TypeError("a store of a subject that takes no part");
      const isKept =
        subject.capabilities.durability !== "none" && subject.subject.reopen !== undefined;
      const { backend } = instance;
      return { backend, stored: async () => (isKept ? await instance.reopen() : backend) };
    };
  const broken = (line: string): Journey => ({ aspects: {}, problems: [line] });
  const all = [...stores.values()];
  const journey = await settleWithin(work(open), timeoutMs).catch((error: unknown) =>
    broken(errorLine(error)),
  );
  const settled =
    journey === timedOut ? broken(`timed out after ${formatDuration(timeoutMs)}`) : journey;
  for (const each of all) settled.problems.push(...(await each.close(timeoutMs)));
  const problems = settled.problems.map((line) =>
    all.reduce((text, each) => each.withoutPaths(text), line),
  );
  for (const each of all) problems.push(...(await each.remove()));
  return { aspects: settled.aspects, problems };
}

function resultOf({ aspects, problems }: Journey): CellResult {
  if (problems.length > 0) return "differs";
  return aspects.snapshot === "same" ? "identical" : "equal";
}

/** Which of them every one of these subjects claims to hold, and why the others are left out. */
function sort(
  manifests: readonly Manifest[],
  subjects: readonly PreparedSubject[],
): { readonly held: readonly Manifest[]; readonly leftOut: readonly LeftOut[] } {
  const held: Manifest[] = [];
  const reasons = new Map<string, number>();
  for (const manifest of manifests) {
    const why = subjects.flatMap(({ subject, capabilities }) => {
      const reason = refusal(capabilities, manifest);
      return reason === undefined ? [] : [`${subject.name} ${reason}`];
    })[0];
    if (why === undefined) held.push(manifest);
    else reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return { held, leftOut: [...reasons].map(([why, count]) => ({ why, count })) };
}

/** What an entry of a snapshot holds; without a format it is an envelope and nothing else. */
function asManifest({ ref, envelope }: SnapshotEntry): Manifest {
  const { format, payload } = decodeEnvelope(envelope);
  return { ref, format: format ?? "native", body: payload };
}
