/** Mutants that are wrong only while several clients are at work. */

import {
  BackendError,
  type Resource,
  type ResourceRef,
  type Revision,
  type StoreBackend,
  type WriteOptions,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import { type Bug, inMemory } from "./bug.ts";
import type { Mutant, Reached } from "./mutant.ts";
import { distorting } from "./watch-bug.ts";

export const concurrencyMutants: readonly Mutant[] = [
  {
    id: "get-shared-in-flight",
    title: "shares a get that is under way with whoever asks for the same",
    breaks: ["CONC-001"],
    mayFail: ["CONC-005"],
    says: /no order explains client \d/,
    make: inMemory(sharesGets),
  },
  {
    id: "reads-from-replicas",
    title: "reads from two replicas in turn",
    breaks: ["CONC-002"],
    says: /a client is led back: client \d/,
    make: inMemory(readsReplicas),
  },
  {
    id: "revision-compared-by-body",
    title: "compares the body of a revision instead of the revision",
    breaks: ["CONC-003"],
    says: /over the stale revision: expected "conflict", got "(created|replaced|unchanged|deleted)"/,
    make: inMemory(comparesBodies),
  },
  {
    id: "delete-checked-early",
    title: "checks the revision of a delete before its turn",
    breaks: ["CONC-004"],
    mayFail: ["CONC-001"],
    says: /one should take effect: apply, delete did/,
    make: inMemory(checksDeletesEarly),
  },
  {
    id: "delete-carried-out-late",
    title: "carries out a delete long after it was aborted",
    breaks: ["CONC-005", "CORE-056"],
    says: /writes that were given up: no order explains client 0/,
    make: inMemory(deletesLate),
  },
  {
    id: "list-shared-in-flight",
    title: "shares a list that is under way with whoever asks for the same",
    breaks: ["CONC-006"],
    says: /a list beside writers: no order/,
    make: inMemory(sharesLists),
  },
  {
    id: "list-one-by-one",
    title: "lists one resource after another",
    breaks: ["CONC-007"],
    says: /a list shows \d+ in the resource that is written first and \d+ in the other/,
    make: inMemory(listsOneByOne),
  },
  {
    id: "snapshot-shared-in-flight",
    title: "shares a snapshot that is under way with whoever asks for one",
    breaks: ["CONC-008"],
    says: /a snapshot beside writers: no order/,
    make: inMemory(sharesSnapshots),
  },
  {
    id: "watch-reads-bodies-late",
    title: "reads the body of an event after its write",
    breaks: ["CONC-009"],
    says: /modified .*: body: expected "\dx\d+", got "\dx\d+"/,
    make: inMemory(readsEventsLate),
  },
  {
    id: "list-cursor-late",
    title: "takes the cursor of a list after its items",
    breaks: ["CONC-010"],
    says: /of a list with \d+ of 40 resources: resources that its reader knows in the end: expected 41/,
    make: inMemory(takesCursorsLate),
  },
];

/** One call at a time for each key; who comes while it is under way gets its result too. */
function sharing<T>(reached: Reached): (key: string, call: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, call) => {
    if (flights.has(key)) reached();
    const flight =
      flights.get(key) ??
      call()
        .then(async (result) => {
          await nextTurn();
          return result;
        })
        .finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}

function copyOf(resource: Resource): Resource {
  return { ...resource, body: resource.body.slice() };
}

function sharesGets(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const share = sharing<Resource>(reached);
  return {
    get: async (ref, format, options) =>
      options === undefined
        ? copyOf(await share(JSON.stringify([ref, format]), () => sound.get(ref, format)))
        : sound.get(ref, format, options),
  };
}

function sharesLists(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const share = sharing<Awaited<ReturnType<StoreBackend["list"]>>>(reached);
  return {
    list: async (kind, namespace, format, options) => {
      if (options !== undefined) return sound.list(kind, namespace, format, options);
      const key = JSON.stringify([kind, namespace, format]);
      const { items, cursor } = await share(key, () => sound.list(kind, namespace, format));
      return { items: items.map(copyOf), cursor };
    },
  };
}

function sharesSnapshots(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const share = sharing<Uint8Array>(reached);
  return {
    snapshot: async (options) =>
      options === undefined
        ? (await share("", () => sound.snapshot())).slice()
        : sound.snapshot(options),
  };
}

/** A write reaches one replica at once and the other when it is acknowledged; no client is bound to one of them. */
function readsReplicas(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const latest = new Map<string, Resource>();
  const behind = new Map<string, { readonly old: Resource; reads: number }>();
  return {
    capabilities: { ...sound.capabilities, reads: "read-your-writes" },
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      const key = JSON.stringify(result.ref);
      const old = latest.get(key);
      const now = await sound.get(result.ref, "yaml").catch(() => undefined);
      if (now !== undefined) latest.set(key, now);
      if (old === undefined) return result;
      behind.set(key, { old, reads: 0 });
      for (let turn = 0; turn < 8; turn++) await nextTurn();
      behind.delete(key);
      return result;
    },
    delete: async (ref, options) => {
      await sound.delete(ref, options);
      for (const replica of [latest, behind]) replica.delete(JSON.stringify(ref));
    },
    restore: async (snapshot, options) => {
      for (const replica of [latest, behind]) replica.clear();
      await sound.restore(snapshot, options);
    },
    get: async (ref, format, options) => {
      const replica = format === "yaml" ? behind.get(JSON.stringify(ref)) : undefined;
      if (replica === undefined || replica.reads++ % 2 === 0)
        return sound.get(ref, format, options);
      reached();
      // A client that tries again and again until its write is no conflict must let others have their turn.
      await nextTurn();
      return copyOf(replica.old);
    },
  };
}

/** What comes back to a body that it had comes back to its revisions, as far as preconditions go. */
function comparesBodies(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const bodies = new Map<Revision, string>();
  const present = async (ref: ResourceRef): Promise<Resource | undefined> => {
    const { items } = await sound.list(ref.kind, ref.namespace, "native");
    return items.find(({ ref: other }) => JSON.stringify(other) === JSON.stringify(ref));
  };
  const told = new Map<string, ResourceRef>();
  const condition = async <O extends WriteOptions>(ref: ResourceRef, options: O): Promise<O> => {
    const now = await present(ref);
    const { ifRevision } = options;
    if (now === undefined || ifRevision === undefined || ifRevision === "absent") return options;
    const isSame = bodies.get(ifRevision) === Buffer.from(now.body).toString("base64");
    if (isSame && ifRevision !== now.revision) reached();
    return isSame ? { ...options, ifRevision: now.revision } : options;
  };
  return {
    apply: async (format, body, options) => {
      const key = body instanceof Uint8Array ? Buffer.from(body).toString("base64") : "";
      const known = told.get(key);
      const isConditional = known !== undefined && typeof options?.ifRevision === "string";
      const given = isConditional ? await condition(known, options) : options;
      const result = await sound.apply(format, body, given);
      told.set(key, result.ref);
      const now = await present(result.ref);
      if (now?.revision === result.revision)
        bodies.set(now.revision, Buffer.from(now.body).toString("base64"));
      return result;
    },
    delete: async (ref, options) =>
      sound.delete(
        ref,
        typeof options?.ifRevision === "string" ? await condition(ref, options) : options,
      ),
    restore: async (snapshot, options) => {
      bodies.clear();
      await sound.restore(snapshot, options);
    },
  };
}

function checksDeletesEarly(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    delete: async (ref, options) => {
      if (options?.ifRevision === undefined || options.signal !== undefined)
        return sound.delete(ref, options);
      const { items } = await sound.list(ref.kind, ref.namespace, "native");
      const present = items.find((item) => item.ref.name === ref.name);
      if (present?.revision !== options.ifRevision) return sound.delete(ref, options);
      await nextTurn();
      reached();
      return sound.delete(ref);
    },
  };
}

function deletesLate(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    delete: async (ref, options) => {
      const { signal } = options ?? {};
      if (signal === undefined || signal.aborted) return sound.delete(ref, options);
      await nextTurn();
      if (!signal.aborted) return sound.delete(ref, options);
      reached();
      setTimeout(() => void sound.delete(ref).catch(() => {}), 2);
      const about = { verb: "delete", backend: sound.name, ref, outcome: "unknown" } as const;
      throw new BackendError("aborted", "the caller gave up", about);
    },
  };
}

function listsOneByOne(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    list: async (kind, namespace, format, options) => {
      const { items, cursor } = await sound.list(kind, namespace, format, options);
      const read: Resource[] = [];
      for (const item of items) {
        await nextTurn();
        const now = await sound.get(item.ref, item.format).catch(() => undefined);
        if (now?.revision !== item.revision) reached();
        if (now !== undefined) read.push(now);
      }
      return { items: read, cursor };
    },
  };
}

/** What is there once the write has returned is not always what it wrote. */
function readsEventsLate(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  const late = new Map<Revision, Promise<Resource | undefined>>();
  const reading: Bug = distorting(async function* (events) {
    for await (const event of events) {
      if (event.type !== "modified") yield event;
      else {
        const { format, revision } = event.resource;
        const read = await late.get(revision);
        if (read !== undefined && read.revision !== revision) reached();
        yield read === undefined || read.format !== format
          ? event
          : { ...event, resource: { ...event.resource, body: read.body.slice() } };
      }
    }
  });
  const { watch } = reading(sound, reached);
  return {
    ...(watch === undefined ? {} : { watch }),
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      const read = nextTurn()
        .then(() => sound.get(result.ref, format))
        .catch(() => undefined);
      late.set(result.revision, read);
      await read;
      return result;
    },
  };
}

function takesCursorsLate(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  return {
    list: async (kind, namespace, format, options) => {
      const { items, cursor: own } = await sound.list(kind, namespace, format, options);
      await nextTurn();
      const { cursor } = await sound.list(kind, namespace, format, options);
      if (cursor !== own) reached();
      return { items, cursor };
    },
  };
}
