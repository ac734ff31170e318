/** How long after the beginning of an apply its event is read, beside a plain watch that hears of the same writes. */

import { createRaftBackend } from "@engenho/backend-raft";
import type { BenchCase, Contestant, Trial } from "../../src/bench-case.ts";
import { freshBodies } from "../../src/bodies.ts";
import { byRound } from "../../src/fixtures.ts";
import { endpoints, freshPrefix } from "./cluster.ts";
import { openPlainWatch } from "./plain-watch.ts";

/** Seconds from each write to its event. */
interface Latencies {
  readonly backend: readonly number[];
  readonly plain: readonly number[];
}

/** Both watches, and what writes for both. */
interface Watched {
  measure(round: number): Promise<Latencies>;
  close(): Promise<void>;
}

async function openWatched(operations: number): Promise<Watched> {
  const members = await endpoints();
  const [endpoint = ""] = members;
  const prefix = freshPrefix();
  const store = await createRaftBackend({ endpoints: members, prefix });
  const plain = await openPlainWatch({ endpoint, key: `${prefix}/`, end: `${prefix}0` });
  let heard = (): void => {};
  const watch = await store.watch("Pod", undefined, "native");
  const follow = async (): Promise<void> => {
    for await (const { type } of watch) if (type === "added") heard();
  };
  const following = follow();
  const measure = byRound(async () => {
    const [began, ended]: [bigint[], bigint[]] = [[], []];
    for (const { bytes } of freshBodies(operations)) {
      const hearing = new Promise<void>((resolve) => {
        heard = () => {
          ended.push(process.hrtime.bigint());
          resolve();
        };
      });
      began.push(process.hrtime.bigint());
      await Promise.all([store.apply("native", bytes), hearing]);
    }
    const secondsUntil = (times: readonly bigint[]): readonly number[] =>
      times.map((time, i) => Number(time - (began[i] ?? time)) / 1e9);
    return {
      backend: secondsUntil(ended),
      plain: secondsUntil(await plain.heard(operations)),
    };
  });
  return {
    measure,
    close: async () => {
      await plain.close();
      await store.close();
      await following;
    },
  };
}

/** The value that so large a part of all is not above. */
function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
}

/** Two contestants that measure together: whoever comes first in a round does the writes for both. */
function contestants(part: number): { readonly subject: Contestant; readonly floor: Contestant } {
  let watched: Promise<Watched> | undefined;
  let users = 0;
  const open =
    (of: keyof Latencies) =>
    async (operations: number): Promise<Trial> => {
      users++;
      watched ??= openWatched(operations);
      const both = await watched;
      let round = 0;
      let figure = Number.NaN;
      return {
        before: (present) => void (round = present),
        run: async () => void (figure = percentile((await both.measure(round))[of], part)),
        figure: () => figure,
        close: async () => {
          if (--users === 0) await both.close();
        },
      };
    };
  return {
    subject: { name: "etcd-raft backend, for await (const event of watch)", open: open("backend") },
    floor: {
      name: "grpc-js: a watch of the same keys, on a thread of its own",
      open: open("plain"),
    },
  };
}

function latency(part: number, atMost: number): BenchCase {
  return {
    name: `apply to event, 1 client, ${100 * part}th percentile`,
    measures: "seconds",
    operations: { full: 1_000, small: 100, tiny: 5 },
    rounds: { full: 5, small: 3, tiny: 1 },
    ...contestants(part),
    bar: { atMost },
  };
}

export const watchCases: readonly BenchCase[] = [latency(0.5, 1.2), latency(0.99, 1.5)];
