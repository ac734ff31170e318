/** A driver with changes, as short as one can be: the example in the documentation of `Driver.changes`. */

import { type Driver, referenceKey, type StoreChange, type StoredEntry } from "@engenho/sdk";

/* example */
const log: StoreChange[] = []; // the system: its nth change has position n
const readers = new EventTarget();
const append = (change: StoreChange) => {
  log.push(change);
  readers.dispatchEvent(new Event("wake"));
  return { position: BigInt(log.length) };
};

const driver: Driver = {
  async load() {
    const entries = new Map<string, StoredEntry>();
    for (const change of log) {
      if (change.type === "put") entries.set(referenceKey(change.entry.ref), change.entry);
      else if (change.type === "remove") entries.delete(referenceKey(change.ref));
    }
    return { position: BigInt(log.length), entries: entries.values() };
  },
  put: async (entry) => append({ type: "put", entry }),
  remove: async (ref) => append({ type: "remove", ref }),
  sync: async () => BigInt(log.length),
  changes: async (from, signal) =>
    (async function* () {
      signal.addEventListener("abort", () => readers.dispatchEvent(new Event("wake")));
      for (let position = from; !signal.aborted;) {
        const change = log[Number(position)];
        if (change !== undefined)
          yield { type: "changes", position: ++position, changes: [change] };
        else await new Promise((wake) => readers.addEventListener("wake", wake, { once: true }));
      }
    })(),
  close: async () => {},
};
/* end */

export { append, driver, log };
