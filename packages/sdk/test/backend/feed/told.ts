/** What the clients of a shared system are told, and whether the system's own history explains it. */

import { BackendError, referenceKey, type StoreBackend, type WatchEvent } from "@engenho/sdk";
import { body, ref } from "../support.ts";
import type { LateWrite, SharedSystem, State } from "./shared-system.ts";

/** One call, with what came back and the positions that the system had meanwhile. */
export interface Told {
  readonly call: Call;
  /** What a rejection's code or a verb's result comes to, in one word. */
  readonly answer: string;
  readonly outcome?: string | undefined;
  readonly revision?: string | undefined;
  readonly bytes?: string | undefined;
  readonly from: number;
  readonly to: number;
  /** By the system's clock. */
  readonly began: number;
  readonly ended: number;
}

export interface Call {
  readonly verb: "apply" | "create" | "replace" | "delete" | "deleteOver" | "get" | "list";
  readonly name: string;
  readonly payload: string;
  readonly ifRevision?: string | undefined;
}

const show = (envelope: Uint8Array = new Uint8Array()): string =>
  Buffer.from(envelope).toString("base64");

/** What an answer is judged by. */
export interface Judged {
  /** The first position that may explain it. */
  readonly seen: number;
  /** Whether writes must be called what they were. */
  readonly isExact: boolean;
  /** What writes of unknown outcome expected. */
  readonly doubted: ReadonlySet<string | undefined>;
}

/** Calls, and writes down what came of it. */
export async function perform(
  backend: StoreBackend,
  system: SharedSystem,
  call: Call,
): Promise<Told> {
  const from = system.head;
  const began = system.now++;
  const answer = await answerOf(backend, call).catch((error: unknown) => {
    if (!BackendError.is(error)) throw error;
    return { answer: error.code, outcome: error.outcome };
  });
  return { call, ...answer, from, to: system.head, began, ended: system.now++ };
}

async function answerOf(
  backend: StoreBackend,
  { verb, name, payload, ifRevision }: Call,
): Promise<Pick<Told, "answer" | "revision" | "bytes">> {
  const options = ifRevision === undefined ? {} : { ifRevision: ifRevision as never };
  if (verb === "get") {
    const { revision, body: bytes } = await backend.get(ref(name), "native");
    return { answer: "found", revision, bytes: show(bytes) };
  }
  if (verb === "list") {
    const { items } = await backend.list("Job", undefined, "native");
    return { answer: "listed", bytes: items.map(({ revision }) => revision).join() };
  }
  if (verb === "delete" || verb === "deleteOver") {
    await backend.delete(ref(name), options);
    return { answer: "deleted" };
  }
  const { operation, revision } = await backend.apply("native", body(name, payload), options);
  return { answer: operation, revision };
}

/**
 * Why no moment of the call explains its answer; undefined if one does. Calls of a store whose reads are its own writes
 * may be explained by any moment since what they had seen before, and their writes may be called something else.
 */
export function unexplained(
  told: Told,
  system: SharedSystem,
  { seen, isExact, doubted }: Judged,
): string | undefined {
  const { call, answer, outcome } = told;
  const complain = (why: string): string => `${JSON.stringify(told)}: ${why}`;
  if (["created", "replaced", "deleted"].includes(answer))
    return writeFault(told, system, { isExact, doubted }, complain);
  const isRefused = answer === "internal" || answer === "unavailable" || answer === "closed";
  if (outcome === "unknown" || isRefused) return undefined;
  for (let position = seen; position <= told.to; position++) {
    if (isExplainedBy(told, system.at(position))) return undefined;
  }
  return complain(`no state from ${seen} to ${told.to} explains ${call.verb}`);
}

function isExplainedBy({ call, answer, revision, bytes }: Told, state: State): boolean {
  const present = state.get(referenceKey(ref(call.name)));
  switch (answer) {
    case "unchanged":
      return (
        holds(call, present?.revision) &&
        present !== undefined &&
        present.revision === revision &&
        show(present.envelope) === show(body(call.name, call.payload))
      );
    case "conflict":
      return !holds(call, present?.revision);
    case "not_found":
      return present === undefined;
    case "found":
      return (
        present !== undefined && present.revision === revision && show(present.envelope) === bytes
      );
    case "listed":
      return bytes === inOrder(state).join();
    default:
      return false;
  }
}

function holds({ ifRevision }: Call, present: string | undefined): boolean {
  return ifRevision === undefined || ifRevision === (present ?? "absent");
}

/**
 * Why a write that was given up on landed too late: a later one had been acknowledged. What it expected keeps it away,
 * but for absence, which comes back.
 */
export function lateFault(
  { ref: late, expected, givenUpAt, landedAt }: LateWrite,
  answers: readonly Told[],
): string | undefined {
  if (expected === "absent" || expected === undefined) return undefined;
  const acknowledged = new Set(["created", "replaced", "deleted", "unchanged"]);
  const overtaken = answers.find(
    ({ call, answer, began, ended }) =>
      call.verb !== "get" &&
      call.verb !== "list" &&
      referenceKey(ref(call.name)) === referenceKey(late) &&
      acknowledged.has(answer) &&
      began > givenUpAt &&
      ended < landedAt,
  );
  if (overtaken === undefined) return undefined;
  return `a write given up at ${givenUpAt} landed at ${landedAt}, after ${JSON.stringify(overtaken)}`;
}

/** A write that was done is one transaction of the system, which found what the answer (if exact) says it found. */
function writeFault(
  { call, answer, revision, from, to }: Told,
  system: SharedSystem,
  { isExact, doubted }: Pick<Judged, "isExact" | "doubted">,
  complain: (why: string) => string,
): string | undefined {
  const key = referenceKey(ref(call.name));
  const mine = system.log.filter(
    ({ position, ref: other, entry }) =>
      position > from &&
      position <= to &&
      referenceKey(other) === key &&
      entry?.revision === revision,
  );
  const isFault = (position: number): string | undefined => {
    const before = system.at(position - 1).get(key);
    const wanted = body(call.name, call.payload);
    if (!holds(call, before?.revision)) return "its condition did not hold";
    if (!isExact) return undefined;
    if (answer === "deleted") return before === undefined ? "nothing was there" : undefined;
    if ((before === undefined) !== (answer === "created")) return `it was not ${answer}`;
    // Bytes that are there are put again where that keeps an earlier write away.
    const isSame = before !== undefined && show(before.envelope) === show(wanted);
    return isSame && !doubted.has(before.revision) ? "it was unchanged" : undefined;
  };
  const faults = mine.map(({ position }) => isFault(position));
  if (faults.includes(undefined)) return undefined;
  return complain(faults[0] ?? "the system has no such transaction");
}

function inOrder(state: State): readonly string[] {
  const entries = [...state.values()].sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1));
  return entries.map(({ revision }) => revision);
}

/**
 * Why a watch is no account of the system's history: between two resets it shows one state and then every change after
 * it, in order. A complete one ends with the present state.
 */
export function watchFault(
  events: readonly WatchEvent[],
  system: SharedSystem,
  isComplete = true,
): string | undefined {
  const segments: WatchEvent[][] = [[]];
  for (const event of events) {
    if (event.type === "reset") segments.push([]);
    else segments.at(-1)?.push(event);
  }
  const faults = segments.map((segment, index) =>
    segmentFault(segment, system, isComplete && index === segments.length - 1),
  );
  return faults.find((fault) => fault !== undefined);
}

function segmentFault(
  events: readonly WatchEvent[],
  system: SharedSystem,
  isLast: boolean,
): string | undefined {
  const end = events.findIndex(({ type }) => type === "bookmark");
  if (end === -1) return isLast ? "the last replay has no end" : undefined;
  const lines = events.flatMap((event) => ("resource" in event ? [line(event)] : []));
  const replayed = lines.slice(0, end).join();
  for (let start = 0; start <= system.head; start++) {
    const view = inOrder(system.at(start)).map((revision) => `added ${revision}`);
    if (view.join() !== replayed) continue;
    const live = linesAfter(start, system);
    const told = lines.slice(end);
    if (isLast ? live.join() === told.join() : live.join().startsWith(told.join()))
      return undefined;
  }
  return `no state and the changes after it are ${JSON.stringify(lines)}, ${end} of them replayed`;
}

function line({
  type,
  resource,
}: WatchEvent & { readonly resource: { readonly revision: string } }): string {
  return `${type} ${resource.revision}`;
}

function linesAfter(start: number, system: SharedSystem): readonly string[] {
  return system.log
    .filter(({ position }) => position > start)
    .flatMap(({ position, ref: other, entry }) => {
      const before = system.at(position - 1).get(referenceKey(other));
      if (entry === undefined) return before === undefined ? [] : [`deleted ${before.revision}`];
      return [`${before === undefined ? "added" : "modified"} ${entry.revision}`];
    });
}
