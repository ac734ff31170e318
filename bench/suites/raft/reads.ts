/** Reads that ask the cluster, beside plain ones of the same key, and reads that do not. */

import { createRaftBackend, type RaftBackendOptions } from "@engenho/backend-raft";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { type Body, freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { endpoints, freshPrefix } from "./cluster.ts";
import { openRawStore } from "./raw-store.ts";

const held = 1_000;

/** As many reads of the one after the other. */
function* inTurn<T>(items: readonly T[], count: number): Generator<T, void> {
  for (let i = 0; i < count; i++) yield items[i % items.length] as T;
}

function getting(
  clients: number,
  reads: NonNullable<RaftBackendOptions["reads"]> = "linearizable",
): Contestant {
  return {
    name: `etcd-raft backend, reads: "${reads}"`,
    open: async (operations) => {
      const store = await createRaftBackend({
        endpoints: await endpoints(),
        prefix: freshPrefix(),
        reads,
      });
      const bodies = freshBodies(held);
      await callAll(bodies, 64, ({ bytes }) => store.apply("native", bytes));
      return {
        run: () =>
          callAll(inTurn(bodies, operations), clients, ({ ref }: Body) => store.get(ref, "native")),
        close: () => store.close(),
      };
    },
  };
}

function ranging(clients: number): Contestant {
  return {
    name: "grpc-js: ranges of one key",
    open: async (operations) => {
      const store = await openRawStore();
      const bodies = freshBodies(held);
      await callAll(bodies, 64, ({ ref, bytes }) =>
        store.etcd.transact(store.creation({ ref, envelope: bytes })),
      );
      const requests = bodies.map(({ ref }) => store.reading(ref));
      return {
        run: () =>
          callAll(inTurn(requests, operations), clients, (request) => store.etcd.read(request)),
        close: () => store.etcd.close(),
      };
    },
  };
}

const shared = {
  measures: "rate",
  unit: "gets/s",
  rounds: { full: 5, small: 3, tiny: 1 },
} as const;

export const readCases: readonly BenchCase[] = [
  {
    ...shared,
    name: "linearizable gets, 1 client",
    operations: { full: 2_000, small: 200, tiny: 5 },
    subject: getting(1),
    floor: ranging(1),
    bar: { atLeast: 0.9 },
  },
  {
    ...shared,
    name: "linearizable gets, 64 clients",
    operations: { full: 6_400, small: 640, tiny: 64 },
    subject: getting(64),
    floor: ranging(64),
    bar: { atLeast: 0.9 },
  },
  {
    ...shared,
    name: "gets from memory, 1 client",
    operations: { full: 2_000, small: 200, tiny: 5 },
    subject: getting(1, "read-your-writes"),
    floor: getting(1),
    bar: { atLeast: 50 },
  },
];
