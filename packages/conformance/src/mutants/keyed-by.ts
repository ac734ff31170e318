/** Bugs in the key that a resource is stored under. */

import { referenceKey, type ResourceRef } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { DriverBug } from "./durable-memory.ts";

/** What is stored lies under a key of this making. */
export function keyedBy(key: (ref: ResourceRef) => string): DriverBug {
  return (disk, reached) => {
    const owners = new Map<string, string>();
    return {
      put: async (entry) => {
        await nextTurn();
        const owner = owners.get(key(entry.ref)) ?? referenceKey(entry.ref);
        if (owner !== referenceKey(entry.ref)) reached();
        owners.set(key(entry.ref), referenceKey(entry.ref));
        disk.set(key(entry.ref), entry);
      },
      remove: async (ref) => {
        await nextTurn();
        disk.delete(key(ref));
      },
      replaceAll: async (entries) => {
        await nextTurn();
        disk.clear();
        for (const entry of entries) disk.set(key(entry.ref), entry);
      },
    };
  };
}
