/** Mutants that are wrong about what others write in one case only: bytes that come back, a resume, a list. */

import {
  decodeEnvelope,
  type Expected,
  referenceKey,
  type ResourceRef,
  type Revision,
  type WatchEvent,
} from "@engenho/sdk";
import type { Subject } from "../harness/subject.ts";
import type { Bug } from "./bug.ts";
import { followed, type FollowedBug } from "./followed-memory.ts";
import { type FollowedSystem, isTheirs } from "./followed-system.ts";
import type { Mutant, Reached } from "./mutant.ts";
import { distorting, opening, watchWith } from "./watch-bug.ts";

export const externalNarrowMutants: readonly Mutant[] = [
  {
    id: "theirs-compared-by-bytes",
    title: "takes a resource for unchanged that others have changed and changed back",
    breaks: ["EXT-008"],
    says: /changed and changed back/,
    make: followed(undefined, comparesBytes),
  },
  {
    id: "theirs-replaced-not-resumed",
    title: "leaves out what others have replaced and removed where a watch is resumed",
    breaks: ["EXT-007"],
    hangs: true,
    make: resumesCreations,
  },
  {
    id: "theirs-of-other-namespaces-late",
    title:
      "delivers what others write in other namespaces after the next change of the watch's own",
    breaks: ["EXT-006"],
    says: /others' changes of another/,
    make: followed(deliversElsewhereLate()),
  },
  {
    id: "theirs-listed-over-own",
    title: "lists a body that others wrote in place of the one that it has put over it",
    breaks: ["EXT-010"],
    says: /a list after an own write/,
    make: listsTheirs,
  },
];

/** Has the system write over another revision than the expected one, if that had the same bytes. */
function comparesBytes(
  ...[system, sound, reached]: Parameters<FollowedBug>
): ReturnType<FollowedBug> {
  const asPresent = (ref: ResourceRef, expected: Expected): Expected => {
    const present = system.state.get(referenceKey(ref));
    const meant = envelopeOf(system, expected);
    if (present === undefined || meant === undefined || !isTheirs(present.revision))
      return expected;
    const isSame = Buffer.compare(present.envelope, meant) === 0;
    if (expected === present.revision || !isSame) return expected;
    reached();
    return present.revision;
  };
  return {
    driver: {
      put: (entry, expected, signal) => sound.put(entry, asPresent(entry.ref, expected), signal),
      remove: (ref, expected, signal) => sound.remove(ref, asPresent(ref, expected), signal),
    },
  };
}

/** What was put with a revision. */
function envelopeOf({ log }: FollowedSystem, revision: Expected): Uint8Array | undefined {
  for (const event of log)
    for (const change of event.type === "changes" ? event.changes : [])
      if (change.type === "put" && change.entry.revision === revision) return change.entry.envelope;
  return undefined;
}

function resumesCreations(reached: Reached): Subject {
  const removed = new Set<string>();
  const notesRemovals: FollowedBug = (system) => ({
    outside: {
      remove: async (ref) => {
        removed.add(referenceKey(ref));
        system.remove(ref);
      },
    },
  });
  const isMissed = (event: WatchEvent): boolean =>
    (event.type === "modified" && isTheirs(event.resource.revision)) ||
    (event.type === "deleted" && removed.has(referenceKey(event.resource.ref)));
  const leavesOut = distorting(async function* (events, _, { isResumed }) {
    let isMissing = isResumed;
    for await (const event of events) {
      if (!("resource" in event)) isMissing = false;
      if (isMissing && isMissed(event)) reached();
      else yield event;
    }
  });
  return followed(leavesOut, notesRemovals)(reached);
}

function deliversElsewhereLate(): Bug {
  return opening(async (sound, [kind, namespace, format, options], reached) => {
    const asked = await sound.watch(kind, namespace, format, options);
    if (namespace === undefined) return asked;
    await asked.close();
    const watch = await sound.watch(kind, undefined, format, options);
    const late = async function* (): AsyncGenerator<WatchEvent> {
      const elsewhere: WatchEvent[] = [];
      for await (const event of watch) {
        const isElsewhere = "resource" in event && event.resource.ref.namespace !== namespace;
        if (!isElsewhere) yield event;
        else if (isTheirs(event.resource.revision)) elsewhere.push(event);
        if (isElsewhere || !("resource" in event) || elsewhere.length === 0) continue;
        reached();
        yield* elsewhere.splice(0);
      }
    };
    return watchWith(watch, late());
  });
}

function listsTheirs(reached: Reached): Subject {
  const theirs = new Map<Revision, Uint8Array>();
  const notesOverwritten: FollowedBug = (system, sound) => ({
    driver: {
      put: async (entry, ...rest) => {
        const present = system.state.get(referenceKey(entry.ref));
        const written = (await sound.put(entry, ...rest)) ?? {};
        if (present !== undefined && isTheirs(present.revision) && written.revision !== undefined)
          theirs.set(written.revision, present.envelope);
        return written;
      },
    },
  });
  const lists: Bug = (sound) => ({
    list: async (kind, namespace, format, options) => {
      const { items, cursor } = await sound.list(kind, namespace, format, options);
      const shown = items.map((item) => {
        const envelope = theirs.get(item.revision);
        const before = envelope && decodeEnvelope(envelope);
        if (before?.format !== format) return item;
        reached();
        return { ...item, body: before.payload };
      });
      return { items: shown, cursor };
    },
  });
  return followed(lists, notesOverwritten)(reached);
}
