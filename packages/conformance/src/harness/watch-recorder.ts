/** Reads a watch as a client would, and keeps what it learnt. */

import {
  type Cursor,
  formatReference,
  referenceKey,
  type Resource,
  type ResourceFormat,
  type ResourceRef,
  type StoreBackend,
  type Watch,
  type WatchEvent,
  type WatchOptions,
} from "@engenho/sdk";
import { assertResolves, fail } from "./assertions.ts";
import { withPatience } from "./patience.ts";

/** A change event, as opposed to a bookmark or a reset. */
export type ChangeEvent = Extract<WatchEvent, { readonly resource: Resource }>;

/** The beginning of a watch. */
export interface InitialState {
  readonly added: readonly ChangeEvent[];
  /** The bookmark's. */
  readonly cursor: Cursor;
}

/** Pulls events on demand; the copy that a faithful reader would hold is in `state`. */
export class WatchRecorder {
  readonly watch: Watch;
  readonly #iterator: AsyncIterator<WatchEvent>;
  readonly events: WatchEvent[] = [];
  /** What a reader that follows the rules of `WatchEvent` knows, by `referenceKey`. */
  readonly state: Map<string, Resource> = new Map();

  constructor(watch: Watch) {
    this.watch = watch;
    this.#iterator = watch[Symbol.asyncIterator]();
  }

  /** The next event; fails if the iteration ends or nothing comes. */
  async next(what: string): Promise<WatchEvent> {
    const result = await withPatience(
      this.#iterator.next(),
      `${what}: no event came${this.#behindLast()}`,
    );
    if (result.done === true)
      fail(`${what}: the watch ended instead of delivering an event${this.#behindLast()}`);
    this.#learn(result.value);
    return result.value;
  }

  /** The next change. Bookmarks may come at any time and are passed over; a reset fails. */
  async nextChange(what: string): Promise<ChangeEvent> {
    for (;;) {
      const event = await this.next(what);
      if (event.type === "reset")
        return fail(`${what}: expected a change, got a reset (${event.reason})`);
      if (event.type !== "bookmark") return event;
    }
  }

  /** This many changes, with nothing between them but bookmarks. */
  async nextChanges(count: number, what: string): Promise<readonly ChangeEvent[]> {
    const changes: ChangeEvent[] = [];
    while (changes.length < count) changes.push(await this.nextChange(what));
    return changes;
  }

  /** Every change up to and with the first one of this resource; a reset fails. */
  async changesUntil(ref: ResourceRef, what: string): Promise<readonly ChangeEvent[]> {
    const key = referenceKey(ref);
    const changes: ChangeEvent[] = [];
    for (;;) {
      const change = await this.nextChange(`${what}, up to the event of ${formatReference(ref)}`);
      changes.push(change);
      if (referenceKey(change.resource.ref) === key) return changes;
    }
  }

  /** What a fresh watch begins with: the present state as `added` events, then a bookmark. */
  async initialState(what: string): Promise<InitialState> {
    const added: ChangeEvent[] = [];
    for (;;) {
      const event = await this.next(`${what}: initial state`);
      if (event.type === "bookmark") return { added, cursor: event.cursor };
      if (event.type !== "added")
        return fail(`${what}: a ${event.type} event stands in the initial state`);
      added.push(event);
    }
  }

  /** Everything up to and with the next bookmark. */
  async untilBookmark(what: string): Promise<readonly WatchEvent[]> {
    return this.until((event) => event.type === "bookmark", what);
  }

  /** Everything up to and with the first event that is meant. */
  async until(
    isMeant: (event: WatchEvent) => boolean,
    what: string,
  ): Promise<readonly WatchEvent[]> {
    const events: WatchEvent[] = [];
    for (;;) {
      const event = await this.next(what);
      events.push(event);
      if (isMeant(event)) return events;
    }
  }

  /** Fails unless the iteration ends now, whatever is still waiting. */
  async expectEnd(what: string): Promise<void> {
    const next = assertResolves(this.#iterator.next(), what);
    const result = await withPatience(next, `${what}: the iteration did not end`);
    if (result.done !== true) fail(`${what}: expected the end, got a ${result.value.type} event`);
  }

  /** Leaves the iteration as a `break` does, or a stream around the watch that is destroyed. */
  async leave(what: string): Promise<void> {
    const left = this.#iterator.return?.() ?? fail(`${what}: its iterator has no return`);
    await withPatience(left, `${what}: return did not resolve`);
  }

  /** What came last, for messages: what is missing is behind it. */
  #behindLast(): string {
    const last = this.events.at(-1);
    if (last === undefined) return "";
    return ` behind ${"resource" in last ? `${last.type} ${formatReference(last.resource.ref)}` : `a ${last.type}`}`;
  }

  #learn(event: WatchEvent): void {
    this.events.push(event);
    if (event.type === "reset") this.state.clear();
    else if (event.type === "deleted") this.state.delete(referenceKey(event.resource.ref));
    else if (event.type !== "bookmark")
      this.state.set(referenceKey(event.resource.ref), event.resource);
  }
}

/** Opens a watch with a recorder. */
export async function recordWatch(
  backend: StoreBackend,
  kind: string,
  namespace: string | undefined,
  format: ResourceFormat,
  options?: WatchOptions,
): Promise<WatchRecorder> {
  return new WatchRecorder(await backend.watch(kind, namespace, format, options));
}
