/** The SDK: its in-memory backend, its codecs, and the conformance suite's own time. */

import type { BenchCase } from "../src/bench-case.ts";
import { applyCases } from "./sdk/apply.ts";
import { conformanceCases } from "./sdk/conformance.ts";
import { memoryCases } from "./sdk/memory.ts";
import { readCases } from "./sdk/read.ts";
import { snapshotCases } from "./sdk/snapshot.ts";
import { watchCases } from "./sdk/watch.ts";

export const cases: readonly BenchCase[] = [
  ...applyCases,
  ...readCases,
  ...watchCases,
  ...snapshotCases,
  ...memoryCases,
  ...conformanceCases,
];
