/** A backend of somebody else's: a Driver over a Map, judged as it stands. */

import { defineSubject } from "@engenho/conformance";
import { type Driver, type LoadedEntry, createBackend, referenceKey } from "@engenho/sdk";

function createMapDriver(): Driver {
  const entries = new Map<string, LoadedEntry>();
  return {
    load: () => Promise.resolve({ entries: [...entries.values()] }),
    put(entry) {
      entries.set(referenceKey(entry.ref), entry);
      return Promise.resolve();
    },
    remove(ref) {
      entries.delete(referenceKey(ref));
      return Promise.resolve();
    },
    read: (ref) => Promise.resolve(entries.get(referenceKey(ref))),
    close: () => Promise.resolve(),
  };
}

export default defineSubject({
  name: "my-backend",
  open: () =>
    createBackend(createMapDriver(), {
      name: "my-backend",
      capabilities: { durability: "none", sharing: "private" },
    }),
});
