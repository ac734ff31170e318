/** What is published: what a call was about and how it ended, never a body nor anything else of a manifest. */

import type {
  ApplyResult,
  ErrorCode,
  Outcome,
  ResourceFormat,
  ResourceRef,
  Verb,
  WatchEvent,
} from "../contract/index.ts";

/** The seven verbs, and `close`. */
export type TracedVerb = Verb | "close";

/**
 * One call of a verb: the same object in all five messages, so that a subscriber can key a WeakMap by
 * it. What is not known is left out; the second half is known when the call has settled.
 */
export interface VerbContext {
  /** The backend's name. */
  readonly backend: string;
  /** What was called. */
  readonly verb: TracedVerb;
  /**
   * Of get and delete as given, and in full once it is known (a default namespace); of apply from the
   * moment its body has been read: when it has resolved, or in the error.
   */
  readonly ref?: ResourceRef;
  /** The reference's, or the one that list and watch were asked for. */
  readonly kind?: string;
  /** Likewise; left out for a cluster-scoped resource, and for every namespace. */
  readonly namespace?: string;
  /** What apply was given, or get, list and watch were asked for. */
  readonly format?: ResourceFormat;
  /** The length of the body of apply, or of the snapshot of restore. */
  readonly bytesIn?: number;

  /** The length of what get or snapshot returned; of list, of all bodies together. */
  readonly bytesOut?: number;
  /** How many resources list returned. */
  readonly items?: number;
  /** What apply did. */
  readonly operation?: ApplyResult["operation"];
  /** Why the call was rejected; left out if it resolved. */
  readonly error?: TracedError;
}

/**
 * A rejection, as plain data. The error itself is the caller's: its `cause` may hold anything. Only of a
 * BackendError there is more than the name, because only its message promises to keep no secret.
 */
export interface TracedError {
  /** `BackendError`, `TypeError`. */
  readonly name: string;
  /** What it is for programs. */
  readonly code?: ErrorCode;
  /** One line. */
  readonly message?: string;
  /** What the failed write has left behind. */
  readonly outcome?: Outcome;
  /** Whether the same call may succeed later. */
  readonly retryable?: boolean;
  /** The field of the reference or manifest that is at fault. */
  readonly field?: string;
}

/** One event, as it is handed to the reader of a watch. */
export interface WatchEventMessage {
  /** The call of `watch` that opened it. */
  readonly opened: VerbContext;
  /** The event's. */
  readonly type: WatchEvent["type"];
  /** Of a change. */
  readonly ref?: ResourceRef;
  /** What the body is in. */
  readonly format?: ResourceFormat;
  /** The body's length. */
  readonly bytesOut?: number;
}

/** The end of a watch, published once. */
export interface WatchEndMessage {
  /** The call of `watch` that opened it. */
  readonly opened: VerbContext;
  /**
   * `closed`: by its reader, or its reader left the loop. `aborted`: by the signal that it was opened
   * with. `backend-closed`: with the backend. `failed`: with {@link error}. `ended`: in no way that can
   * be told apart from here.
   */
  readonly reason: "closed" | "aborted" | "backend-closed" | "failed" | "ended";
  /** How many events of each type were handed to the reader. */
  readonly delivered: Readonly<Record<WatchEvent["type"], number>>;
  /** The length of their bodies together. */
  readonly bytesOut: number;
  /** What the iteration was rejected with. */
  readonly error?: TracedError;
}
