/** The filesystem backend: durable writes beside the disk's own speed and durable peers, reads beside memory. */

import type { BenchCase } from "../src/bench-case.ts";
import { readCases } from "./fs/reads.ts";
import { sustainedCases } from "./fs/sustained.ts";
import { writeCases } from "./fs/writes.ts";

export const cases: readonly BenchCase[] = [...writeCases, ...sustainedCases, ...readCases];
