/** Writes the files that a journal still has, before anything of the store is served. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BackendError } from "@engenho/sdk";
import type { Change } from "../commit/commit-batch.ts";
import type { DurableTree } from "../durable-tree.ts";
import { fsError } from "../fs-error.ts";
import { readRegularFile } from "../read-regular-file.ts";
import { journalDirectory } from "../own-directories.ts";
import type { OpenProgress } from "../open-report.ts";
import { type DecodedSegment, decodingSegment } from "./journal-record.ts";
import { writeFiles } from "./write-files.ts";

/** Some milliseconds' worth of small ones. */
const recordsPerTurn = 500;

/** After how many changes progress is told. */
const progressStep = 1_000;

/** Several times what a journal lets come together, less than one buffer can hold. */
const maxSegmentBytes = 2 ** 31;

/**
 * Brings the files up to what the journal has acknowledged, and removes it. It may have been done before, in part.
 *
 * @param onProgress Told how many changes are left: at first, and after each 1,000.
 * @throws BackendError `corrupt` if a record is damaged that was acknowledged; what keeps a file from being written,
 *   once all others are.
 */
export async function replayJournal(
  tree: DurableTree,
  onProgress: (progress: OpenProgress) => void = () => {},
): Promise<void> {
  const journal = await readJournal(tree);
  if (journal === undefined) return;
  let replaying = journal.changes.length;
  const tell = (): void => onProgress({ found: 0, read: 0, replaying });
  if (replaying > 0) tell();
  const failed = await writeFiles(tree, journal.changes, () => {
    if (--replaying % progressStep === 0) tell();
  });
  for (const { error } of failed) throw unwritten(tree, error);
  // One after the other: an earlier one that came back without a later one would bring back what that has replaced.
  for (const segment of journal.segments) await tree.removeFiles([segment]);
  await tree.removeDirectory(journalDirectory);
}

/** What a journal still has. */
interface LeftJournal {
  /** The paths of its files. */
  readonly segments: readonly string[];
  /** The last change of each file of a resource. */
  readonly changes: readonly Change[];
}

/**
 * Reads the journal that was left behind; undefined if there is none.
 *
 * @throws BackendError `corrupt` if a record is damaged that was acknowledged.
 */
export async function readJournal(tree: DurableTree): Promise<LeftJournal | undefined> {
  if (!(await tree.hasDirectory(journalDirectory))) return undefined;
  const names = await listSegments(tree.absolute(journalDirectory));
  const latest = new Map<string, Change>();
  for (const [index, name] of names.entries()) {
    const path = join(tree.absolute(journalDirectory), name);
    const { changes, brokenAt, isTorn } = await decodeInTurns(await readSegment(path));
    // Only the last append of all can have been cut off; before there was another segment, it was acknowledged.
    const isLast = index === names.length - 1;
    if (brokenAt !== undefined && !(isTorn && isLast)) throw damaged(tree, path, brokenAt);
    for (const change of changes) note(latest, change);
  }
  const segments = names.map((name) => `${journalDirectory}/${name}`);
  return { segments, changes: [...latest.values()] };
}

async function decodeInTurns(segment: Uint8Array): Promise<DecodedSegment> {
  const decoding = decodingSegment(segment);
  for (let count = 1; ; count++) {
    const step = decoding.next();
    if (step.done) return step.value;
    if (count % recordsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function damaged(tree: DurableTree, path: string, at: number): BackendError {
  const what = `${path} has a damaged record at byte ${at}, which was acknowledged`;
  const advice = `move ${tree.absolute(journalDirectory)} away to open the store without its writes`;
  const other = "restore from a snapshot into a new root";
  return new BackendError("corrupt", `${what}: ${advice}, or ${other}`);
}

function unwritten(tree: DurableTree, error: unknown): BackendError {
  const { code, outcome, reason } = BackendError.from(error);
  const what = `writes that ${tree.absolute(journalDirectory)} has acknowledged wait for their files`;
  const advice =
    code === "no_space" ? "; what else lies there must make room, and an open goes on" : "";
  return new BackendError(code, `${what}: ${reason}${advice}`, { outcome, cause: error });
}

function note(latest: Map<string, Change>, { put, removes }: Change): void {
  for (const path of removes) latest.set(path, { removes: [path] });
  if (put !== undefined) latest.set(put.path, { put, removes: [] });
}

/** The names of the segments, the oldest first. */
async function listSegments(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort((a, b) => Number(a) - Number(b));
  } catch (error) {
    throw fsError(error, `list ${directory}`);
  }
}

async function readSegment(path: string): Promise<Uint8Array> {
  try {
    return (await readRegularFile(path, maxSegmentBytes)).bytes;
  } catch (error) {
    throw fsError(error, `read ${path}`);
  }
}
