import { defineSubject } from "@engenho/conformance";
import { createBackend, type Driver, type LoadedEntry, referenceKey } from "@engenho/sdk";

function mapDriver(): Driver {
  const stored = new Map<string, LoadedEntry>();
  return {
    load: async () => ({ entries: stored.values() }),
    put: async (entry) => void stored.set(referenceKey(entry.ref), entry),
    remove: async (ref) => void stored.delete(referenceKey(ref)),
    close: async () => {},
  };
}

export default defineSubject({
  name: "my-backend",
  open: () => createBackend(mapDriver(), { name: "my-backend" }),
});
