/** Mutants that are wrong only about what others write to their system. */

import {
  type ApplyResult,
  decodeEnvelope,
  type Driver,
  referenceKey,
  type ResourceRef,
  type Revision,
  type StoreBackend,
  type WatchEvent,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { Bug } from "./bug.ts";
import { followed, type FollowedBug } from "./followed-memory.ts";
import { isTheirs } from "./followed-system.ts";
import type { Subject } from "../harness/subject.ts";
import type { Mutant, Reached } from "./mutant.ts";
import { changing, distorting, opening, watchWith } from "./watch-bug.ts";

export const externalMutants: readonly Mutant[] = [
  {
    id: "theirs-unlisted-at-first",
    title: "lists as before until it has written something itself",
    breaks: ["EXT-001", "EXT-002"],
    make: followed(listsAsBefore),
  },
  {
    id: "theirs-uncounted",
    title: "counts what it has created and deleted itself",
    breaks: ["EXT-001"],
    says: /resourceCount/,
    make: followed(countsItsOwn),
  },
  {
    id: "theirs-keep-revisions",
    title: "has the same revision after others have replaced the body",
    breaks: ["EXT-002", "EXT-008", "EXT-009"],
    make: followed(undefined, keepsRevisions),
  },
  {
    id: "theirs-numbered-anew",
    title: "counts the revisions of others from one on when they create a resource again",
    breaks: ["EXT-002"],
    make: followed(undefined, numbersAnew),
  },
  {
    id: "theirs-not-in-snapshots",
    title: "remembers its snapshot until it writes itself",
    breaks: ["EXT-003"],
    make: followed(remembersSnapshots),
  },
  {
    id: "theirs-removed-in-silence",
    title: "does not tell watches what others have removed",
    breaks: ["EXT-004"],
    hangs: true,
    make: followed(
      changing((event) =>
        event.type === "deleted" && isTheirs(event.resource.revision) ? undefined : event,
      ),
    ),
  },
  {
    id: "theirs-always-added",
    title: "tells watches of what others have replaced as if it were new",
    breaks: ["EXT-004", "EXT-007"],
    says: /event of what others replaced/,
    make: followed(
      changing((event) =>
        event.type === "modified" && isTheirs(event.resource.revision)
          ? { ...event, type: "added" }
          : event,
      ),
    ),
  },
  {
    id: "theirs-lost-in-a-crowd",
    title: "loses every tenth change of others",
    breaks: ["EXT-005"],
    hangs: true,
    make: followed(everyTenth(() => [])),
  },
  {
    id: "theirs-told-twice",
    title: "tells every tenth change of others twice",
    breaks: ["EXT-005", "EXT-010"],
    make: followed(everyTenth((event) => [event, event])),
  },
  {
    id: "theirs-of-every-namespace",
    title: "delivers what others write in any namespace",
    breaks: ["EXT-006"],
    make: followed(ignoresNamespaceOfOthers()),
  },
  {
    id: "theirs-not-resumed",
    title: "leaves out the changes of others where a watch is resumed",
    breaks: ["EXT-007"],
    hangs: true,
    make: followed(resumesItsOwn()),
  },
  {
    id: "theirs-overwritten-by-condition",
    title: "compares the revision with what it knows, and not with what is there",
    breaks: ["EXT-008", "EXT-009"],
    mayFail: ["CONC-001"],
    says: /what others replaced/,
    make: followed(undefined, trusts("put")),
  },
  {
    id: "theirs-deleted-by-condition",
    title: "deletes over a revision that it knows, whatever is there",
    breaks: ["EXT-008", "EXT-009"],
    mayFail: ["CONC-001"],
    says: /delete over/,
    make: followed(undefined, trusts("remove")),
  },
  {
    id: "theirs-created-over",
    title: "creates over what others have created",
    breaks: ["EXT-008", "EXT-009"],
    mayFail: ["CONC-001"],
    says: /creating what others created/,
    make: followed(undefined, createsOver),
  },
  {
    id: "theirs-not-met",
    title: "says that it has created what others had created",
    breaks: ["EXT-009"],
    make: overlooksOthers,
  },
  {
    id: "theirs-taken-for-unchanged",
    title: "calls unchanged what it has applied itself before",
    breaks: ["EXT-009"],
    mayFail: ["CORE-004"],
    says: /got "unchanged"/,
    make: followed(remembersBodies),
  },
  {
    id: "theirs-told-late",
    title: "tells watches of others' changes after its own",
    breaks: ["EXT-010"],
    make: followed(tellsOthersLate()),
  },
  {
    id: "theirs-survive-restore",
    title: "keeps what others have created when it restores",
    breaks: ["EXT-011"],
    make: followed(keepsOthers),
  },
  {
    id: "theirs-shown-though-denied",
    title: "denies external writes and shows them",
    breaks: ["EXT-012"],
    mayFail: ["CORE-021"],
    make: followed(deniesOthers, tellsOfOthers),
  },
];

/** A wrapper that does something after each own write. */
function afterOwnWrites(sound: StoreBackend, done: () => void): Partial<StoreBackend> {
  const after = async <T>(write: Promise<T>): Promise<T> => write.finally(done);
  return {
    apply: (...args) => after(sound.apply(...args)),
    delete: (...args) => after(sound.delete(...args)),
    restore: (...args) => after(sound.restore(...args)),
  };
}

function listsAsBefore(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const lists = new Map<string, Awaited<ReturnType<StoreBackend["list"]>>>();
  return {
    ...afterOwnWrites(sound, () => lists.clear()),
    list: async (kind, namespace, format, options) => {
      const key = JSON.stringify([kind, namespace, format]);
      const now = await sound.list(kind, namespace, format, options);
      const before = lists.get(key) ?? now;
      lists.set(key, before);
      if (before.cursor !== now.cursor) reached();
      const items = before.items.map((item) => ({ ...item, body: item.body.slice() }));
      return { ...before, items };
    },
  };
}

function countsItsOwn(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let count = sound.resourceCount();
  return {
    apply: async (...args) => {
      const result = await sound.apply(...args);
      if (result.operation === "created") count++;
      return result;
    },
    delete: async (...args) => {
      await sound.delete(...args);
      count--;
    },
    restore: async (...args) => {
      await sound.restore(...args);
      count = sound.resourceCount();
    },
    resourceCount: () => {
      if (count !== sound.resourceCount()) reached();
      return count;
    },
  };
}

function keepsRevisions(...[system, , reached]: Parameters<FollowedBug>): ReturnType<FollowedBug> {
  return {
    outside: {
      put: async (envelope) => {
        const { ref } = decodeEnvelope(envelope);
        const present = system.state.get(referenceKey(ref));
        if (present !== undefined) reached();
        system.put(ref, envelope, present?.revision ?? system.nextRevision("theirs"));
      },
    },
  };
}

function numbersAnew(...[system, , reached]: Parameters<FollowedBug>): ReturnType<FollowedBug> {
  return {
    outside: {
      put: async (envelope) => {
        const { ref } = decodeEnvelope(envelope);
        const isNew = !system.state.has(referenceKey(ref));
        if (isNew) reached();
        const first = `${referenceKey(ref)}-theirs-1` as Revision;
        system.put(ref, envelope, isNew ? first : system.nextRevision("theirs"));
      },
    },
  };
}

function remembersSnapshots(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let remembered: Uint8Array | undefined;
  return {
    ...afterOwnWrites(sound, () => {
      remembered = undefined;
    }),
    snapshot: async (...args) => {
      const now = await sound.snapshot(...args);
      remembered ??= now;
      if (Buffer.compare(remembered, now) !== 0) reached();
      return remembered.slice();
    },
  };
}

/** Something else in place of the tenth, twentieth, … live event of what others wrote. */
function everyTenth(instead: (event: WatchEvent) => readonly WatchEvent[]): Bug {
  return distorting(async function* (events, reached) {
    let count = 0;
    for await (const event of events) {
      const isLive = "resource" in event && isTheirs(event.resource.revision);
      if (!isLive || ++count % 10 !== 0) yield event;
      else {
        reached();
        yield* instead(event);
      }
    }
  });
}

function ignoresNamespaceOfOthers(): Bug {
  return opening(async (sound, [kind, namespace, format, options], reached) => {
    const asked = await sound.watch(kind, namespace, format, options);
    if (namespace === undefined) return asked;
    await asked.close();
    const watch = await sound.watch(kind, undefined, format, options);
    const kept = async function* (): AsyncGenerator<WatchEvent> {
      for await (const event of watch) {
        const isElsewhere = "resource" in event && event.resource.ref.namespace !== namespace;
        const isKept = !isElsewhere || isTheirs(event.resource.revision);
        if (isElsewhere && isKept) reached();
        if (isKept) yield event;
      }
    };
    return watchWith(watch, kept());
  });
}

function resumesItsOwn(): Bug {
  return distorting(async function* (events, reached, { isResumed }) {
    let isMissed = isResumed;
    for await (const event of events) {
      if (!("resource" in event)) isMissed = false;
      if (isMissed && "resource" in event && isTheirs(event.resource.revision)) reached();
      else yield event;
    }
  });
}

/** Does not compare in the system what was compared with what the handle knows. */
function trusts(verb: "put" | "remove"): FollowedBug {
  return (_, sound, reached) => {
    const unchecked: Pick<Driver, "put" | "remove"> = {
      put: (entry, _expected, signal) => {
        reached();
        return sound.put(entry, undefined, signal);
      },
      remove: (ref, _expected, signal) => {
        reached();
        return sound.remove(ref, undefined, signal);
      },
    };
    return { driver: { [verb]: unchecked[verb] } };
  };
}

function createsOver(...[, sound, reached]: Parameters<FollowedBug>): ReturnType<FollowedBug> {
  return {
    driver: {
      put: async (entry, expected, signal) => {
        if (expected === "absent") reached();
        return sound.put(entry, expected === "absent" ? undefined : expected, signal);
      },
    },
  };
}

function overlooksOthers(reached: Reached): Subject {
  const overTheirs = new Set<Revision | undefined>();
  const notices: FollowedBug = (system, sound) => ({
    driver: {
      put: async (entry, ...rest) => {
        const present = system.state.get(referenceKey(entry.ref));
        const written = (await sound.put(entry, ...rest)) ?? {};
        if (present !== undefined && isTheirs(present.revision)) overTheirs.add(written.revision);
        return written;
      },
    },
  });
  const overlooks: Bug = (sound) => ({
    apply: async (...args) => {
      const result = await sound.apply(...args);
      if (result.operation !== "replaced" || !overTheirs.has(result.revision)) return result;
      reached();
      return { ...result, operation: "created" };
    },
  });
  return followed(overlooks, notices)(reached);
}

function remembersBodies(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const applied = new Map<string, ApplyResult>();
  const forget = (ref: ResourceRef): void => {
    for (const [key, result] of applied)
      if (referenceKey(result.ref) === referenceKey(ref)) applied.delete(key);
  };
  return {
    apply: async (format, body, options) => {
      const key = `${format} ${body instanceof Uint8Array ? Buffer.from(body).toString("base64") : ""}`;
      if (options !== undefined) applied.clear();
      const before = applied.get(key);
      if (before !== undefined) {
        reached();
        return { ...before, operation: "unchanged" };
      }
      const result = await sound.apply(format, body, options);
      forget(result.ref);
      applied.set(key, result);
      return result;
    },
    delete: async (ref, options) => {
      forget(ref);
      await sound.delete(ref, options);
    },
    restore: async (...args) => {
      applied.clear();
      await sound.restore(...args);
    },
  };
}

/** An event of others waits for a few turns, in which an own one may come first. */
function tellsOthersLate(): Bug {
  const isChange = (event: WatchEvent, by: "own" | "theirs"): boolean =>
    "resource" in event && isTheirs(event.resource.revision) === (by === "theirs");
  return distorting(async function* (events, reached) {
    const iterator = events[Symbol.asyncIterator]();
    let next = iterator.next();
    let isLive = false;
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = iterator.next();
      if (isLive && isChange(value, "theirs")) {
        const early = await Promise.race([next, turns(8)]);
        if (early !== undefined && early.done !== true && isChange(early.value, "own")) {
          reached();
          yield early.value;
          next = iterator.next();
        }
      }
      isLive ||= value.type === "bookmark";
      yield value;
    }
  });
}

async function turns(count: number): Promise<undefined> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
  return undefined;
}

function keepsOthers(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const theirs = new Map<string, Uint8Array>();
  return {
    get: async (ref, format, options) => {
      const resource = await sound.get(ref, format, options);
      if (isTheirs(resource.revision))
        theirs.set(referenceKey(ref), (await sound.get(ref, "native", options)).body);
      return resource;
    },
    restore: async (...args) => {
      await sound.restore(...args);
      for (const body of theirs.values()) {
        reached();
        await sound.apply("native", body);
      }
    },
  };
}

function deniesOthers(sound: StoreBackend): ReturnType<Bug> {
  return { capabilities: { ...sound.capabilities, sharing: "private", externalWrites: false } };
}

function tellsOfOthers(...[system, , reached]: Parameters<FollowedBug>): ReturnType<FollowedBug> {
  return {
    outside: {
      put: async (envelope) => {
        reached();
        system.put(decodeEnvelope(envelope).ref, envelope, system.nextRevision("theirs"));
      },
    },
  };
}
