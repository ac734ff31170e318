/** Durable writes, by one writer and by many: files, the journal, and what else keeps bytes on this disk. */

import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createFsBackend, type FsBackendOptions } from "@engenho/backend-fs";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";
import { type Body, freshBodies } from "../../src/bodies.ts";
import { callAll } from "../../src/call-all.ts";
import { makeDirectory } from "./directories.ts";
import { durablePeers } from "./durable-peers.ts";
import { writeLoop } from "./write-loop.ts";
import { whenFilesAreWritten } from "./when-files-are-written.ts";
import { type Time, writingFor } from "./writing-for.ts";

type Options = Omit<FsBackendOptions, "root">;

/** Applies each round's bodies in a directory that is new to a store that is not: threads take a while to get fast. */
function applying(name: string, writers: number, options: Options = {}): Contestant {
  return {
    name,
    open: async (operations) => {
      const store = await createFsBackend({ root: join(makeDirectory(), "store"), ...options });
      const apply = ({ bytes }: Body): Promise<unknown> => store.apply("native", bytes);
      let bodies: readonly Body[] = [];
      return {
        before: async (round) => {
          const namespace = `round${round}`;
          bodies = freshBodies(operations, namespace);
          await callAll(freshBodies(writers, namespace), writers, apply);
        },
        run: () => callAll(bodies, writers, apply),
        after: () => whenFilesAreWritten(store),
        close: () => store.close(),
      };
    },
  };
}

function peersWriting(writers: number): readonly Contestant[] {
  return durablePeers.map(({ name, note, openStore }) => ({
    name,
    note,
    open: async (operations) => {
      const store = await openStore(makeDirectory());
      let bodies: readonly Body[] = [];
      return {
        before: () => void (bodies = freshBodies(operations)),
        run: () => callAll(bodies, writers, ({ ref, bytes }) => store.set(ref.name, bytes)),
        close: () => store.close(),
      };
    },
  }));
}

/** A case beside the loop in C, where that can be compiled; without it there is nothing to hold the bar to. */
function besideLoop(writers: number, atLeast: number, each: BenchCase): BenchCase {
  const floor = writeLoop(writers);
  return floor === undefined ? each : { ...each, floor, bar: { atLeast } };
}

const fileMode = "filesystem backend";
const journalMode = "filesystem backend, journal: true";
/** As long as the files of a journal's writes are not waited for. */
const burst: Time = {
  seconds: { full: 2, small: 1, tiny: 0.1 },
  parts: { full: 1, small: 1, tiny: 1 },
};
const rounds = { full: 5, small: 3, tiny: 1 };

/** The longest that others wait for the event loop while many write, 99 times of 100. */
function loopDelay(writers: number): Contestant {
  const applied = applying(fileMode, writers);
  return {
    name: applied.name,
    open: async (operations, size) => {
      const trial = await applied.open(operations, size);
      const delays = monitorEventLoopDelay({ resolution: 1 });
      return {
        ...trial,
        run: async () => {
          delays.reset();
          delays.enable();
          await trial.run();
          delays.disable();
        },
        figure: () => delays.percentile(99) / 1e9,
      };
    },
  };
}

export const writeCases: readonly BenchCase[] = [
  besideLoop(1, 0.6, {
    name: "applies that survive power loss, 1 writer",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 1_000, small: 100, tiny: 5 },
    rounds,
    subject: applying(fileMode, 1),
    peers: [applying(journalMode, 1, { journal: true }), ...peersWriting(1)],
  }),
  besideLoop(64, 1.1, {
    name: "applies that survive power loss, 64 writers",
    measures: "rate",
    unit: "applies/s",
    operations: { full: 6_400, small: 640, tiny: 64 },
    rounds,
    subject: applying(fileMode, 64),
    peers: peersWriting(64),
  }),
  {
    name: "event-loop delay while 64 write, 99th percentile",
    measures: "seconds",
    operations: { full: 6_400, small: 640, tiny: 64 },
    rounds,
    subject: loopDelay(64),
    bar: { atMost: 0.02 },
  },
  {
    name: "a burst of 2 seconds, 64 writers",
    measures: "rate",
    isWarm: true,
    unit: "applies/s",
    operations: { full: 1, small: 1, tiny: 1 },
    rounds,
    subject: writingFor(journalMode, burst, { journal: true }, ([rate = 0]) => rate),
    floor: writingFor(fileMode, burst, {}, ([rate = 0]) => rate),
    bar: { atLeast: 8 },
  },
];
