/** Mutants that can be opened twice in one place, and claim that nobody meets there. */

import { createBackend, type LoadedEntry, referenceKey } from "@engenho/sdk";
import type { Subject } from "../harness/subject.ts";
import type { Mutant, Reached } from "./mutant.ts";

/** A place that any number of handles write to, without a lock. */
type Place = Map<string, LoadedEntry>;

export const sharingMutants: readonly Mutant[] = [
  {
    id: "claims-private",
    title: "keeps its files in a directory without a lock, and claims to be private",
    breaks: ["CORE-021"],
    says: /sees what the first has: claim sharing "exclusive"/,
    make: unlocked(() => {}),
  },
  {
    id: "second-handle-truncates",
    title: "empties a directory that another handle has open",
    breaks: ["CORE-021"],
    says: /the first handle's write (?:is lost|has become the second's) after both handles/,
    make: unlocked((place) => place.clear()),
  },
];

/** A durable store that has something done to its place where a second handle opens it. */
function unlocked(onSecond: (place: Place) => void): (reached: Reached) => Subject {
  return (reached) => {
    const places = new Map<string, Place>();
    const handles = new Map<Place, number>();
    const open: Subject["open"] = async ({ directory }) => {
      const place = places.get(directory) ?? new Map<string, LoadedEntry>();
      places.set(directory, place);
      const others = handles.get(place) ?? 0;
      handles.set(place, others + 1);
      if (others > 0) {
        reached();
        onSecond(place);
      }
      return await createBackend(
        {
          load: async () => ({ entries: [...place.values()] }),
          put: async (entry) => void place.set(referenceKey(entry.ref), entry),
          remove: async (ref) => void place.delete(referenceKey(ref)),
          close: async () => void handles.set(place, (handles.get(place) ?? 1) - 1),
        },
        { name: "unlocked", capabilities: { durability: "process", sharing: "private" } },
      );
    };
    return { name: "unlocked", open, reopen: open };
  };
}
