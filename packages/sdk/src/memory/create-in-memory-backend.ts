/** The reference backend: everything in memory, gone at close. */

import type { StoreBackend } from "../contract/index.ts";
import { type BackendOptions, createBackend, type Driver } from "../backend/index.ts";

/** The mirror that core keeps is all the storage there is. */
const memoryDriver: Driver = {
  load: async () => ({ entries: [] }),
  put: async () => {},
  remove: async () => {},
  replaceAll: async () => {},
  close: async () => {},
};

/**
 * Opens an empty store of its own.
 *
 * @example
 * await using backend = await createInMemoryBackend();
 * await backend.apply("yaml", new TextEncoder().encode("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"));
 */
export function createInMemoryBackend(
  options: Partial<BackendOptions> = {},
): Promise<StoreBackend> {
  return createBackend(memoryDriver, { name: "in-memory", ...options });
}
