/** What a watch can do wrong, done to one that told the truth. */

import type { Operation } from "../../../src/harness/linearizability/operation.ts";
import type {
  ObservedChange,
  ObservedEvent,
  ObservedWatch,
} from "../../../src/harness/watches/observed-watch.ts";
import type { WatchRule } from "../../../src/harness/watches/watch-violation.ts";
import type { Random } from "../linearizability/random.ts";
import type { Watched } from "./simulate-watches.ts";

/** A way to be wrong. */
export interface WatchPlant {
  /** At least one of these is broken then. */
  readonly rules: readonly WatchRule[];
  /** The same, wrong; undefined where there is no place for it. */
  readonly plant: (watched: Watched, random: Random) => Watched | undefined;
}

const isChange = (event: ObservedEvent): event is ObservedChange => "resource" in event;

/** The places of a watch's live changes. */
function livePlaces({ knew, events }: ObservedWatch): readonly number[] {
  let isReplay = knew === undefined;
  return events.flatMap((event, index) => {
    if (event.type === "reset") isReplay = true;
    if (event.type === "bookmark") isReplay = false;
    return isChange(event) && !isReplay ? [index] : [];
  });
}

/** Changes the events of one watch, at the place of a live change. */
function atChange(
  change: (events: ObservedEvent[], place: number, event: ObservedChange) => boolean | void,
): WatchPlant["plant"] {
  return ({ history, watches }, random) => {
    const victim = random.pick(watches.filter((watch) => livePlaces(watch).length > 0));
    const place = victim === undefined ? undefined : random.pick(livePlaces(victim));
    if (victim === undefined || place === undefined) return undefined;
    const events = [...victim.events];
    if (change(events, place, events[place] as ObservedChange) === false) return undefined;
    const wrong = { ...victim, events };
    return { history, watches: watches.map((watch) => (watch === victim ? wrong : watch)) };
  };
}

/** Takes a modification away that another write has followed, of a watch alone and not read to the end: only the history knows. */
const lostAlone: WatchPlant["plant"] = ({ history, watches: [whole] }) => {
  if (whole === undefined) return undefined;
  const told = livePlaces(whole).map((place) => ({ place, event: whole.events[place] }));
  const writeOf = (event: ObservedEvent | undefined): Operation | undefined =>
    history.find(
      ({ result }) =>
        result.type === "replaced" &&
        event?.type === "modified" &&
        result.revision === event.revision,
    );
  const lost = told.find(({ event }) => {
    const write = writeOf(event);
    return told.some(({ event: other }) => {
      const later = writeOf(other);
      return (
        write?.resource === later?.resource && (later?.call ?? 0) > (write?.return ?? Infinity)
      );
    });
  });
  if (lost === undefined) return undefined;
  const events = whole.events.toSpliced(lost.place, 1);
  return { history, watches: [{ ...whole, events, final: undefined }] };
};

/** All of them, by name. */
export const watchPlants: Readonly<Record<string, WatchPlant>> = {
  "a change is lost": {
    rules: ["reliable", "ordered"],
    plant: atChange((events, place) => {
      // What is lost before a reset, the reset covers.
      if (events.slice(place).some(({ type }) => type === "reset")) return false;
      events.splice(place, 1);
      return true;
    }),
  },
  "a change is lost, and nobody else tells of it": { rules: ["reliable"], plant: lostAlone },
  "a change is told twice": {
    rules: ["unique", "reliable"],
    plant: atChange((events, place, event) => void events.splice(place, 0, event)),
  },
  "two changes change places": {
    rules: ["ordered", "reliable", "faithful"],
    plant: atChange((events, place, event) => {
      const next = events.findIndex(
        (other, index) => index > place && isChange(other) && other.resource === event.resource,
      );
      const other = events[next];
      if (other === undefined || !isChange(other)) return false;
      if (events.slice(place, next).some(({ type }) => type === "reset" || type === "bookmark"))
        return false;
      events[place] = { ...other, at: event.at };
      events[next] = { ...event, at: other.at };
      return true;
    }),
  },
  "a body is another's": {
    rules: ["faithful"],
    plant: atChange((events, place, event) => void (events[place] = { ...event, body: "never" })),
  },
  "a revision is nobody's": {
    rules: ["faithful", "unique", "ordered"],
    plant: atChange(
      (events, place, event) => void (events[place] = { ...event, revision: "never" }),
    ),
  },
  "a bookmark is ahead": {
    rules: ["bookmarkable"],
    plant: atChange((events, place, { at, cursor, type }) => {
      events.splice(place, 0, { type: "bookmark", at, cursor });
      return type !== "deleted";
    }),
  },
  "a replay leaves something out": {
    rules: ["reliable", "ordered"],
    plant: ({ history, watches }, random) => {
      const victim = random.pick(watches.filter(({ events }) => events[0]?.type === "added"));
      if (victim === undefined) return undefined;
      const wrong = { ...victim, events: victim.events.slice(1) };
      return { history, watches: watches.map((watch) => (watch === victim ? wrong : watch)) };
    },
  },
  "an event comes before its write": {
    rules: ["faithful"],
    plant: atChange((events, place, event) => {
      events[place] = { ...event, at: -1 };
      return event.type !== "deleted";
    }),
  },
};
