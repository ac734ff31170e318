/** Restores, beside the same values written in plain transactions. */

import { createRaftBackend } from "@engenho/backend-raft";
import { encodeSnapshot, type LoadedEntry } from "@engenho/sdk";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { callAll } from "../../src/call-all.ts";
import { byRound, envelopeOf, freshManifests } from "../../src/fixtures.ts";
import { endpoints, freshPrefix } from "./cluster.ts";
import { openRawStore } from "./raw-store.ts";

/** As the backend does: how many keys etcd takes in one transaction, and how many of these are under way at once. */
const [keysAtOnce, transactionsAtOnce] = [128, 4];

/** What a round writes, the same for both. */
let count = 0;
const entriesInRound = byRound(() => freshEntries(count));

function freshEntries(number: number): readonly LoadedEntry[] {
  return freshManifests(number).map((each) => ({ ref: each.ref, envelope: envelopeOf(each) }));
}

const restoring: Contestant = {
  name: "etcd-raft backend, as full before",
  open: async (operations) => {
    count = operations;
    const store = await createRaftBackend({
      endpoints: await endpoints(),
      prefix: freshPrefix(),
    });
    await store.restore(encodeSnapshot(freshEntries(operations)));
    let snapshot: Uint8Array = new Uint8Array();
    return {
      before: (round) => void (snapshot = encodeSnapshot(entriesInRound(round))),
      run: () => store.restore(snapshot),
      close: () => store.close(),
    };
  },
};

const transacting: Contestant = {
  name: `grpc-js: guarded transactions of ${keysAtOnce} puts, ${transactionsAtOnce} at once`,
  open: async () => {
    const store = await openRawStore();
    let requests: readonly Uint8Array[] = [];
    return {
      before: async (round) => {
        await store.clear();
        const entries = entriesInRound(round);
        const starts = Array.from(
          { length: Math.ceil(entries.length / keysAtOnce) },
          (_, i) => i * keysAtOnce,
        );
        requests = starts.map((start) => store.puts(entries.slice(start, start + keysAtOnce)));
      },
      run: () => callAll(requests, transactionsAtOnce, (request) => store.etcd.transact(request)),
      close: () => store.etcd.close(),
    };
  },
};

export const restoreCases: readonly BenchCase[] = [
  {
    name: "restore, 1 KB each",
    measures: "seconds",
    operations: { full: 20_000, small: 2_000, tiny: 200 },
    rounds: { full: 5, small: 3, tiny: 1 },
    subject: restoring,
    floor: transacting,
    bar: { atMost: 1.3 },
  },
];
