/** What the system below must be able to do. Everything else is done by `createBackend`. */

import { type Driver, type LoadedEntry, referenceKey } from "@engenho/sdk";

/**
 * Where the resources are kept. Put your system's client here: a connection, a directory, a URL.
 * Until then it is a Map, which is a whole backend already: it keeps nothing when it is closed, and claims nothing else.
 */
export type MyBackendSystem = Map<string, LoadedEntry>;

/**
 * A driver over an open system. Replace method by method, and run `npm run conformance` after each.
 *
 * `createBackend` has checked every reference and every body before it calls, copies what it hands out, compares
 * revisions, makes events, and never calls twice at once for one reference. An entry is `{ ref, envelope, revision }`:
 * the key, some bytes, a short text. Keep the three and give them back exactly.
 *
 * Errors: throw a `BackendError` where you know the cause, with `outcome: "none"` if nothing was changed. Throw a
 * `StoreFailedError` when the store can no longer vouch for what it acknowledged. Anything else becomes `internal`,
 * with outcome `unknown`, and the resource is read again before it is written.
 *
 * Where others write to the system as well, two more methods report it: `changes` and `sync`; `mintRevision` is for one that
 * keeps revisions in a form of its own, and `confirm` for one that may find what was stored less durably than it claims. The
 * type `Driver` says how.
 */
export function createMyBackendDriver(system: MyBackendSystem): Driver {
  return {
    /**
     * Everything that is stored, in any order; called when the backend opens. `entries` may be an async iterable.
     * What is there and cannot be read goes into `damaged`, and the rest of the store still works. An entry without
     * a revision gets a new one. A revision that you have stored as a text is given back `as Revision`, a type of the SDK.
     */
    load: async () => ({ entries: [...system.values()], damaged: [] }),

    /**
     * Creates or replaces one entry, and resolves when it is as durable as you claim, not before. Old or new at every
     * instant: write aside and rename, or use a transaction. `referenceKey(ref)` is a text that no other reference
     * has. A system with limits of its own (length, letter case, slashes) takes a hash of it instead:
     * `createHash("sha256").update(referenceKey(ref)).digest("hex")`. Which reference that was, `load` learns from
     * the envelope: `decodeEnvelope(envelope).ref`. A second parameter says what must be there, for systems that others write to as well.
     */
    put: async (entry) => {
      system.set(referenceKey(entry.ref), entry);
    },

    /** Removes one entry, likewise. Removing what is not there is no error. */
    remove: async (ref) => {
      system.delete(referenceKey(ref));
    },

    /** Frees everything that the driver holds: connections, files, timers, locks. Called once. */
    close: async () => {
      system.clear();
    },

    /**
     * Optional. Makes these entries all that is stored, old or new at every instant: one transaction, one rename. With
     * it a restore is `atomic`; without it, entries are put and removed one by one, and it is `resumable`.
     */
    replaceAll: async (entries) => {
      // Nothing else runs before this is done: there is no await in between.
      system.clear();
      for (const entry of entries) system.set(referenceKey(entry.ref), entry);
    },

    /** Optional. One entry as it is now, to find out what became of a write that failed. Without it, `load` is called. */
    read: async (ref) => system.get(referenceKey(ref)),

    /** Optional: how many writes of different references may run at once. 64 is the default. */
    maxConcurrentWrites: 64,

    /** Optional: fields of your own for `diagnostics()`. Data only, from memory, without secrets. */
    diagnostics: () => ({ system: "a Map" }),
  };
}
