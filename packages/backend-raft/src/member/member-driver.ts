/** A driver whose cluster has a member of ours: its errors say what is wrong with that, and it ends with the store. */

import {
  BackendError,
  type Driver,
  type Expected,
  type FeedEvent,
  type LoadedStore,
  type Position,
  type ResourceRef,
  type StoredEntry,
  type Written,
} from "@engenho/sdk";
import type { RaftDriver } from "../raft-driver.ts";
import type { Member } from "./member.ts";

/** Passes everything on. */
export class MemberDriver implements Driver {
  readonly #inner: RaftDriver;
  readonly #member: Member;
  readonly #end: () => Promise<void>;

  /** @param end Stops the member, and frees what it had. */
  constructor(inner: RaftDriver, member: Member, end: () => Promise<void>) {
    this.#inner = inner;
    this.#member = member;
    this.#end = end;
  }

  load(signal?: AbortSignal): Promise<LoadedStore> {
    return explained(this.#inner.load(signal), this.#member);
  }

  put(entry: StoredEntry, expected: Expected): Promise<Written> {
    return explained(this.#inner.put(entry, expected), this.#member);
  }

  remove(ref: ResourceRef, expected: Expected): Promise<Written> {
    return explained(this.#inner.remove(ref, expected), this.#member);
  }

  replaceAll(entries: readonly StoredEntry[]): Promise<Written> {
    return explained(this.#inner.replaceAll(entries), this.#member);
  }

  async changes(from: Position, signal: AbortSignal): Promise<AsyncIterable<FeedEvent>> {
    const events = await explained(this.#inner.changes(from, signal), this.#member);
    return explainedEvents(events, this.#member);
  }

  sync(): Promise<Position> {
    return explained(this.#inner.sync(), this.#member);
  }

  async close(): Promise<void> {
    try {
      await this.#inner.close();
    } finally {
      await this.#end();
    }
  }

  diagnostics(): Readonly<Record<string, unknown>> {
    return { ...this.#inner.diagnostics(), member: this.#member.status };
  }
}

async function explained<T>(answer: Promise<T>, member: Member): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw explain(error, member);
  }
}

async function* explainedEvents(
  events: AsyncIterable<FeedEvent>,
  member: Member,
): AsyncGenerator<FeedEvent, void> {
  try {
    yield* events;
  } catch (error) {
    throw explain(error, member);
  }
}

/** An error of a cluster that can't be reached, with what our member has to do with it. */
function explain(error: unknown, { trouble }: Pick<Member, "trouble">): unknown {
  if (trouble === undefined || !BackendError.is(error)) return error;
  if (error.code !== "unavailable" && error.code !== "timeout") return error;
  const { code, reason, outcome, retryable, cause } = error;
  return new BackendError(code, `${reason}: ${trouble}`, { outcome, retryable, cause });
}
