/**
 * What one resource does with one operation after another: the sequential truth that histories are held against.
 *
 * Revisions enter the model as opaque names that the store gives to changes. An acknowledged change says its
 * own. One whose outcome is unknown has a revision that nobody was told: it stays open (`undefined`) until
 * something shows it, and is that one from then on. A revision belongs to one change only, so that a name which
 * was seen before never fits an open one, and a new change never brings it again.
 */

import type { Operation, OperationInput } from "./operation.ts";

/** What there is of the resource. */
export type ResourceState =
  /** Nothing is known but that no revision is there which is another change's: where parts of a history are left out. */
  { readonly type: "anything" } | { readonly type: "absent" } | PresentState;

interface PresentState {
  readonly type: "present";
  readonly body: string;
  /** Undefined as long as nobody was told. */
  readonly revision: string | undefined;
  /** Which revisions an open one is not, in order: conflicts have said so. */
  readonly isNot: readonly string[];
}

/** What the operations that were placed before, and those to come, say about revisions. */
export interface KnownRevisions {
  /** Whether something that was placed before has shown this revision. */
  isUsed(revision: string): boolean;
  /** Whether an acknowledged change of this history has brought it. */
  isMinted(revision: string): boolean;
}

/** The state before anything was done. */
export const absent: ResourceState = { type: "absent" };
/** The state of which nothing is known. */
export const anything: ResourceState = { type: "anything" };

/** The state after the operation, or undefined if it cannot have happened in this one. Unknown ones take effect. */
export function step(
  state: ResourceState,
  { input, result }: Operation,
  known: KnownRevisions,
): ResourceState | undefined {
  switch (result.type) {
    case "created":
      if (input.verb !== "apply" || !isAbsent(state) || !allowsCreate(input)) return undefined;
      return minted(input.body, result.revision, known);
    case "replaced": {
      if (input.verb !== "apply" || result.revision === input.ifRevision) return undefined;
      if (state.type === "present" && state.body === input.body) return undefined;
      return isOver(state, input, known) ? minted(input.body, result.revision, known) : undefined;
    }
    case "unchanged":
      if (input.verb !== "apply" || (input.ifRevision ?? result.revision) !== result.revision)
        return undefined;
      return shown(state, input.body, result.revision, known);
    case "found":
      return input.verb === "get" ? shown(state, result.body, result.revision, known) : undefined;
    case "not_found":
      return input.verb !== "apply" && isAbsent(state) ? absent : undefined;
    case "deleted":
      return input.verb === "delete" && isOver(state, input, known) ? absent : undefined;
    case "conflict":
      return input.verb === "get" ? undefined : afterConflict(state, input, known);
    case "unknown":
      return input.verb === "get" ? undefined : afterUnknown(state, input, known);
    case "refused":
      break;
  }
  return state;
}

/** The state as text: equal for equal states. */
export function stateKey(state: ResourceState): string {
  if (state.type !== "present") return state.type;
  return JSON.stringify([state.body, state.revision ?? null, state.isNot]);
}

type Write = Exclude<OperationInput, { readonly verb: "get" }>;

function isAbsent({ type }: ResourceState): boolean {
  return type !== "present";
}

function allowsCreate({ ifRevision }: Write): boolean {
  return ifRevision === undefined || ifRevision === "absent";
}

/** Whether there is a resource, of the revision that the write asks for. */
function isOver(state: ResourceState, { ifRevision }: Write, known: KnownRevisions): boolean {
  if (state.type === "absent" || ifRevision === "absent") return false;
  if (ifRevision === undefined) return true;
  const present = state.type === "present" ? state : open("");
  return bound(present, ifRevision, known) !== undefined;
}

/** A resource whose revision nobody was told. */
function open(body: string): PresentState {
  return { type: "present", body, revision: undefined, isNot: [] };
}

function minted(body: string, revision: string, known: KnownRevisions): ResourceState | undefined {
  return known.isUsed(revision) ? undefined : { type: "present", body, revision, isNot: [] };
}

/** The state if it has this body and revision. */
function shown(
  state: ResourceState,
  body: string,
  revision: string | undefined,
  known: KnownRevisions,
): ResourceState | undefined {
  if (state.type === "absent" || (state.type === "present" && state.body !== body))
    return undefined;
  const present = state.type === "present" ? state : open(body);
  return revision === undefined ? present : bound(present, revision, known);
}

/** The state if this is its revision: from now on, where it was open. */
function bound(
  state: PresentState,
  revision: string,
  known: KnownRevisions,
): PresentState | undefined {
  if (state.revision !== undefined) return state.revision === revision ? state : undefined;
  const isAnothers = known.isUsed(revision) || known.isMinted(revision);
  if (isAnothers || state.isNot.includes(revision)) return undefined;
  return { ...state, revision, isNot: [] };
}

function afterConflict(
  state: ResourceState,
  { verb, ifRevision }: Write,
  known: KnownRevisions,
): ResourceState | undefined {
  if (ifRevision === undefined) return undefined;
  if (state.type === "anything") return state;
  // A delete of what is not there is `not_found`, whatever it asks for.
  if (state.type === "absent")
    return verb === "apply" && ifRevision !== "absent" ? state : undefined;
  if (ifRevision === "absent") return state;
  if (state.revision !== undefined) return state.revision === ifRevision ? undefined : state;
  const isAnothers = known.isUsed(ifRevision) || known.isMinted(ifRevision);
  if (isAnothers || state.isNot.includes(ifRevision)) return state;
  return { ...state, isNot: [...state.isNot, ifRevision].sort() };
}

/** What an unknown write leaves where it took effect; having changed nothing is the same as never. */
function afterUnknown(
  state: ResourceState,
  input: Write,
  known: KnownRevisions,
): ResourceState | undefined {
  const takesEffect =
    isOver(state, input, known) ||
    (input.verb === "apply" && isAbsent(state) && allowsCreate(input));
  if (!takesEffect) return undefined;
  if (input.verb === "delete") return absent;
  if (state.type === "present" && state.body === input.body) return undefined;
  return open(input.body);
}
