/** Finds the suites: the files in `suites/`. */

import { readdirSync } from "node:fs";
import type { BenchCase, Suite } from "./bench-case.ts";

const directory = new URL("../suites/", import.meta.url);

/** The names of all suites, in order. */
export function suiteNames(): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted();
}

export async function loadSuite(name: string): Promise<Suite> {
  const { cases } = (await import(new URL(`${name}.ts`, directory).href)) as {
    readonly cases: readonly BenchCase[];
  };
  return { name, cases };
}
