/** The reader of a watch, which is opened again since the last cursor where it ends. */

import { setTimeout as sleep } from "node:timers/promises";
import type {
  HistoryRecorder,
  ObservedEvent,
  ObservedWatch,
  ShownResource,
} from "@engenho/conformance";
import { BackendError, type Cursor, type StoreBackend, type Watch } from "@engenho/sdk";

/** Before it is opened again, in milliseconds. */
const PAUSE_MS = 50;

/** What is watched, and who writes it down. */
export interface ObserverPlan {
  readonly name: string;
  readonly backend: StoreBackend;
  readonly kind: string;
  /** Which resources are written down: others are of earlier rounds. */
  readonly concerns: (resource: string) => boolean;
  readonly recorder: HistoryRecorder;
  /** What an earlier reader knew at a cursor, to go on from there. Default: it begins with a replay. */
  readonly from?: { readonly since: Cursor; readonly knew: NonNullable<ObservedWatch["knew"]> };
}

/** Reads until it is closed. */
export class WatchObserver {
  #plan: ObserverPlan;
  #events: ObservedEvent[] = [];
  readonly #known = new Map<string, ShownResource>();
  #knew: ObservedWatch["knew"];
  #since: Cursor | undefined;
  #watch: Watch | undefined;
  #isClosed = false;
  readonly #ended: Promise<void>;

  constructor(plan: ObserverPlan) {
    this.#plan = plan;
    this.#since = plan.from?.since;
    this.#knew = plan.from?.knew;
    for (const each of plan.from?.knew.resources ?? []) this.#known.set(each.resource, each);
    this.#ended = this.#run();
  }

  /** What its reader knows now. */
  get known(): ReadonlyMap<string, ShownResource> {
    return this.#known;
  }

  /** Where another reader can go on with what this one knows; undefined within a replay. */
  get place(): ObserverPlan["from"] {
    const last = this.#events.at(-1);
    if (last === undefined || last.type === "reset" || this.#since === undefined) return undefined;
    return { since: this.#since, knew: { at: last.at, resources: [...this.#known.values()] } };
  }

  /** What it was told. */
  observed(final: readonly ShownResource[]): ObservedWatch {
    return { name: this.#plan.name, events: this.#events, knew: this.#knew, final };
  }

  /** Writes down from now on what concerns a new round, of which nothing is there yet. */
  begin({ concerns, recorder }: Pick<ObserverPlan, "concerns" | "recorder">): void {
    this.#plan = { ...this.#plan, concerns, recorder };
    this.#events = [];
    this.#known.clear();
    this.#knew = { at: recorder.moment(), resources: [] };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#watch?.close();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#read();
      } catch (error) {
        if (!BackendError.is(error)) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }

  async #read(): Promise<void> {
    const { backend, kind } = this.#plan;
    const options = this.#since === undefined ? {} : { since: this.#since };
    this.#watch = await backend.watch(kind, undefined, "yaml", options);
    if (this.#isClosed) await this.#watch.close();
    for await (const event of this.#watch) {
      this.#since = event.type === "reset" ? undefined : event.cursor;
      const observed = this.#plan.recorder.observe(backend, event);
      if ("resource" in observed && !this.#plan.concerns(observed.resource)) continue;
      this.#events.push(observed);
      if (observed.type === "reset") this.#known.clear();
      else if (observed.type === "deleted") this.#known.delete(observed.resource);
      else if (observed.type !== "bookmark") this.#known.set(observed.resource, observed);
    }
  }
}
