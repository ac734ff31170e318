/** Applies, by one client and by many, beside the same transactions without the backend. */

import { createRaftBackend } from "@engenho/backend-raft";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { type Body, freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { endpoints, freshPrefix } from "./cluster.ts";
import { openRawStore } from "./raw-store.ts";

function applying(clients: number): Contestant {
  return {
    name: "etcd-raft backend",
    open: async (operations) => {
      const store = await createRaftBackend({
        endpoints: await endpoints(),
        prefix: freshPrefix(),
      });
      let bodies: readonly Body[] = [];
      return {
        before: () => void (bodies = freshBodies(operations)),
        run: () => callAll(bodies, clients, ({ bytes }) => store.apply("native", bytes)),
        close: () => store.close(),
      };
    },
  };
}

function transacting(clients: number): Contestant {
  return {
    name: "grpc-js: transactions with the same guards",
    open: async (operations) => {
      const store = await openRawStore();
      let requests: readonly Uint8Array[] = [];
      return {
        before: () =>
          void (requests = freshBodies(operations).map(({ ref, bytes }) =>
            store.creation({ ref, envelope: bytes }),
          )),
        run: () => callAll(requests, clients, (request) => store.etcd.transact(request)),
        close: () => store.etcd.close(),
      };
    },
  };
}

function writing(clients: number, atLeast: number, operations: BenchCase["operations"]): BenchCase {
  return {
    name: `applies of 256 bytes, ${clients} ${clients === 1 ? "client" : "clients"}`,
    measures: "rate",
    unit: "applies/s",
    operations,
    rounds: { full: 5, small: 3, tiny: 1 },
    subject: applying(clients),
    floor: transacting(clients),
    bar: { atLeast },
  };
}

export const writeCases: readonly BenchCase[] = [
  // Rounds of 1,000, which are over in a second or two, came to 0.72 to 1.10 times the floor.
  writing(1, 0.9, { full: 5_000, small: 100, tiny: 5 }),
  writing(64, 0.85, { full: 6_400, small: 640, tiny: 64 }),
];
