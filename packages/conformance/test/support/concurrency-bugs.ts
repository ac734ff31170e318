/** Backends that are wrong only while several clients are at work. */

import {
  BackendError,
  type Resource,
  type ResourceRef,
  type Revision,
  type StoreBackend,
  type WriteOptions,
} from "@engenho/sdk";
import { nextTurn } from "../../src/harness/next-turn.ts";
import { type Bug, distorting, type KnownBug, withBug } from "./broken-backend.ts";

/** The bug that each requirement is there for, and what its failure says. */
export const concurrencyBugs: readonly KnownBug[] = [
  ["CONC-001", "shares a get that is under way", /no order explains client \d/, sharesGets],
  ["CONC-002", "reads from two replicas in turn", /a client is led back: client \d/, readsReplicas],
  [
    "CONC-003",
    "compares the body of a revision instead of the revision",
    /over the stale revision: expected "conflict", got "(created|replaced|unchanged|deleted)"/,
    comparesBodies,
  ],
  [
    "CONC-004",
    "checks the revision of a delete before its turn",
    /one should take effect: apply, delete did/,
    checksDeletesEarly,
  ],
  [
    "CONC-005",
    "carries out a delete long after it was aborted",
    /writes that were given up: no order explains client 0/,
    deletesLate,
  ],
  ["CONC-006", "shares a list that is under way", /a list beside writers: no order/, sharesLists],
  [
    "CONC-007",
    "lists one resource after another",
    /a list shows \d+ in the resource that is written first and \d+ in the other/,
    listsOneByOne,
  ],
  [
    "CONC-008",
    "shares a snapshot that is under way",
    /a snapshot beside writers: no order/,
    sharesSnapshots,
  ],
  [
    "CONC-009",
    "reads the body of an event after its write",
    /modified .*: body: expected "\dx\d+", got "\dx\d+"/,
    readsEventsLate,
  ],
  [
    "CONC-010",
    "takes the cursor of a list after its items",
    /of a list with \d+ of 24 resources: resources that its reader knows in the end: expected 25/,
    takesCursorsLate,
  ],
];

/** One call at a time for each key; who comes while it is under way gets its result too. */
function sharing<T>(): (key: string, call: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, call) => {
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

function sharesGets(sound: StoreBackend): Partial<StoreBackend> {
  const share = sharing<Resource>();
  return {
    get: async (ref, format, options) =>
      options === undefined
        ? copyOf(await share(JSON.stringify([ref, format]), () => sound.get(ref, format)))
        : sound.get(ref, format, options),
  };
}

function sharesLists(sound: StoreBackend): Partial<StoreBackend> {
  const share = sharing<Awaited<ReturnType<StoreBackend["list"]>>>();
  return {
    list: async (kind, namespace, format, options) => {
      if (options !== undefined) return sound.list(kind, namespace, format, options);
      const key = JSON.stringify([kind, namespace, format]);
      const { items, cursor } = await share(key, () => sound.list(kind, namespace, format));
      return { items: items.map(copyOf), cursor };
    },
  };
}

function sharesSnapshots(sound: StoreBackend): Partial<StoreBackend> {
  const share = sharing<Uint8Array>();
  return {
    snapshot: async (options) =>
      options === undefined
        ? (await share("", () => sound.snapshot())).slice()
        : sound.snapshot(options),
  };
}

/** A write reaches one replica at once and the other when it is acknowledged; no client is bound to one of them. */
function readsReplicas(sound: StoreBackend): Partial<StoreBackend> {
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
      // A client that tries again and again until its write is no conflict must let others have their turn.
      await nextTurn();
      return copyOf(replica.old);
    },
  };
}

/** What comes back to a body that it had comes back to its revisions, as far as preconditions go. */
function comparesBodies(sound: StoreBackend): Partial<StoreBackend> {
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

function checksDeletesEarly(sound: StoreBackend): Partial<StoreBackend> {
  return {
    delete: async (ref, options) => {
      if (options?.ifRevision === undefined || options.signal !== undefined)
        return sound.delete(ref, options);
      const { items } = await sound.list(ref.kind, ref.namespace, "native");
      const present = items.find((item) => item.ref.name === ref.name);
      if (present?.revision !== options.ifRevision) return sound.delete(ref, options);
      await nextTurn();
      return sound.delete(ref);
    },
  };
}

function deletesLate(sound: StoreBackend): Partial<StoreBackend> {
  return {
    delete: async (ref, options) => {
      const { signal } = options ?? {};
      if (signal === undefined || signal.aborted) return sound.delete(ref, options);
      await nextTurn();
      if (!signal.aborted) return sound.delete(ref, options);
      setTimeout(() => void sound.delete(ref).catch(() => {}), 2);
      const about = { verb: "delete", backend: sound.name, ref, outcome: "unknown" } as const;
      throw new BackendError("aborted", "the caller gave up", about);
    },
  };
}

function listsOneByOne(sound: StoreBackend): Partial<StoreBackend> {
  return {
    list: async (kind, namespace, format, options) => {
      const { items, cursor } = await sound.list(kind, namespace, format, options);
      const read: Resource[] = [];
      for (const item of items) {
        await nextTurn();
        const now = await sound.get(item.ref, item.format).catch(() => undefined);
        if (now !== undefined) read.push(now);
      }
      return { items: read, cursor };
    },
  };
}

/** What is there once the write has returned is not always what it wrote. */
function readsEventsLate(sound: StoreBackend): Partial<StoreBackend> {
  const late = new Map<Revision, Promise<Resource | undefined>>();
  const reading: Bug = distorting(async function* (events) {
    for await (const event of events) {
      if (event.type !== "modified") yield event;
      else {
        const { format, revision } = event.resource;
        const read = await late.get(revision);
        yield read === undefined || read.format !== format
          ? event
          : { ...event, resource: { ...event.resource, body: read.body.slice() } };
      }
    }
  });
  const { watch } = reading(sound);
  return {
    ...(watch === undefined ? {} : { watch }),
    apply: async (format, body, options) => {
      const result = await sound.apply(format, body, options);
      const read = sound.get(result.ref, format).catch(() => undefined);
      late.set(result.revision, read);
      await read;
      return result;
    },
  };
}

function takesCursorsLate(sound: StoreBackend): Partial<StoreBackend> {
  return {
    list: async (kind, namespace, format, options) => {
      const { items } = await sound.list(kind, namespace, format, options);
      await nextTurn();
      const { cursor } = await sound.list(kind, namespace, format, options);
      return { items, cursor };
    },
  };
}

/** Sound, however long everything takes: a few turns before each call and after it, never the same. */
export function slow(sound: StoreBackend): StoreBackend {
  let calls = 0;
  const slowly = <A extends unknown[], R>(verb: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const turn = calls++;
      for (let i = 0; i < turn % 3; i++) await nextTurn();
      const result = await verb(...args);
      for (let i = 0; i < (turn >> 1) % 3; i++) await nextTurn();
      return result;
    };
  };
  return withBug(sound, (backend) => ({
    apply: slowly((...args: Parameters<StoreBackend["apply"]>) => backend.apply(...args)),
    get: slowly((...args: Parameters<StoreBackend["get"]>) => backend.get(...args)),
    list: slowly((...args: Parameters<StoreBackend["list"]>) => backend.list(...args)),
    delete: slowly((...args: Parameters<StoreBackend["delete"]>) => backend.delete(...args)),
    snapshot: slowly((...args: Parameters<StoreBackend["snapshot"]>) => backend.snapshot(...args)),
  }));
}
