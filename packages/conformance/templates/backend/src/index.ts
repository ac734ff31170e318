/** Opens my-backend: what its users import. */

import { createBackend, type StoreBackend } from "@engenho/sdk";
import { createMyBackendDriver } from "./driver.ts";

/** Where the store is. */
export interface MyBackendOptions {
  /** For a system that keeps files: the directory that they are in. The Map has no use for it. */
  readonly directory?: string;
}

/**
 * Opens the store. Take what your system needs as options (a directory, a URL, a client), check it here, and leave
 * nothing behind when opening fails: no lock, no connection.
 *
 * @example
 * await using store = await openMyBackend();
 * await store.apply("yaml", manifest);
 */
export async function openMyBackend(_options: MyBackendOptions = {}): Promise<StoreBackend> {
  return createBackend(createMyBackendDriver(new Map()), {
    name: "my-backend",
    // What it promises. The suite tests each claim, made or denied; what is left out has the most modest value.
    capabilities: {
      /** What an acknowledged write survives: "none", "process" (its sudden end too), "power-loss". */
      durability: "none",
      /**
       * Who else may have the same store open. "private": nobody can meet here, since each handle has a store of its
       * own, as in memory. "exclusive": a directory, a file, a database that one handle has at a time; opening takes a
       * lock that `close` frees, and while it is held throws `new BackendError("locked", "it is open", { verb: "open" })`.
       * "shared": handles see each other's writes, for drivers with `changes`.
       */
      sharing: "private",
      // maxBodyBytes: 1024 * 1024, // if your system holds less than 16 MiB in one value
      // kinds: [{ kind: "Job" }], // if your system holds certain kinds only
    },
  });
}
