/** A thread of `npm run fuzz`: takes slices, gives tallies. */

import { parentPort } from "node:worker_threads";
import { families } from "../families/index.ts";
import { runFamily } from "../run-family.ts";
import type { Slice } from "./run-slices.ts";

parentPort?.on("message", (slice: Slice) => {
  const family = families.find(({ name }) => name === slice.family);
  if (family === undefined) throw new Error(`there is no family ${slice.family}`);
  void runFamily(family, slice).then((tally) => parentPort?.postMessage(tally, []));
});
