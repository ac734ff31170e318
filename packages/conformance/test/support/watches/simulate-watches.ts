/** Watches that tell what happened: some begin late, some start over in the middle, some go on from another one's events. */

import type { Operation } from "../../../src/harness/linearizability/operation.ts";
import type {
  ObservedEvent,
  ObservedWatch,
  ShownResource,
} from "../../../src/harness/watches/observed-watch.ts";
import type { Random } from "../linearizability/random.ts";
import { simulate, type SimulatedChange } from "../linearizability/simulate.ts";

/** What clients did and what watches told meanwhile. */
export interface Watched {
  readonly history: readonly Operation[];
  readonly watches: readonly ObservedWatch[];
}

/** Clients with unknown writes, and four watches to the end. */
export function simulateWatches(random: Random): Watched {
  const changes: SimulatedChange[] = [];
  const history = simulate(random, {
    ...{ clients: 2 + random.below(4), calls: 20, resources: 2, unknown: 10, uniqueBodies: true },
    tell: (change) => changes.push(change),
  });
  const story = new Story(changes);
  const whole = story.watch("whole", random, { from: 0 });
  return {
    history,
    watches: [
      whole,
      story.watch("late", random, { from: random.below(changes.length + 1) }),
      story.watch("reset", random, { from: 0, resetAt: random.below(changes.length + 1) }),
      story.continued(whole, random),
    ],
  };
}

class Story {
  readonly #changes: readonly SimulatedChange[];

  constructor(changes: readonly SimulatedChange[]) {
    this.#changes = changes;
  }

  watch(
    name: string,
    random: Random,
    { from, resetAt }: { readonly from: number; readonly resetAt?: number },
  ): ObservedWatch {
    const events: ObservedEvent[] = [];
    let at = from === 0 ? 0 : this.#at(from - 1);
    // What happens between is missed; the reader learns it from the replay.
    for (let i = from; ; i++) {
      if (i === from) this.#replay(events, i, at + 0.25);
      if (i === resetAt) {
        i = Math.min(this.#changes.length, i + random.below(6));
        at = Math.max(at, i === 0 ? 0 : this.#at(i - 1));
        events.push({ type: "reset", at: at + 0.25 });
        this.#replay(events, i, at + 0.25);
      }
      const change = this.#changes[i];
      if (change === undefined) break;
      at = Math.max(at, change.at + random.below(3));
      events.push({ ...change, at: at + 0.5, cursor: `after ${i + 1}` });
    }
    return { name, events, final: this.#stateAt(this.#changes.length) };
  }

  /** Goes on from some event of a watch that tells everything. */
  continued(whole: ObservedWatch, random: Random): ObservedWatch {
    const cut = 1 + random.below(whole.events.length);
    const at = whole.events[cut - 1]?.at ?? 0;
    // The first event is the bookmark of an empty replay.
    const knew = { at, resources: this.#stateAt(cut - 1) };
    const events: readonly ObservedEvent[] = [
      ...whole.events.slice(cut),
      { type: "bookmark", at: Infinity, cursor: `after ${this.#changes.length}` },
    ];
    return { ...whole, name: "continued", knew, events };
  }

  #at(index: number): number {
    return this.#changes[index]?.at ?? 0;
  }

  #replay(events: ObservedEvent[], count: number, at: number): void {
    for (const shown of this.#stateAt(count))
      events.push({ type: "added", ...shown, at, cursor: `replay ${count}` });
    events.push({ type: "bookmark", at, cursor: `after ${count}` });
  }

  #stateAt(count: number): readonly ShownResource[] {
    const state = new Map<string, ShownResource>();
    for (const { type, resource, body, revision } of this.#changes.slice(0, count)) {
      if (type === "deleted") state.delete(resource);
      else state.set(resource, { resource, body, revision });
    }
    return [...state.values()];
  }
}
