/** Finds the texts that stand beside the reference pages. */

import { globSync } from "node:fs";
import { join } from "node:path";

/** The most asked for come first; README.md is the front page and none of them. */
const FIRST = ["SPEC.md", "ARCHITECTURE.md"];

/** The paths of every text at the root and of every example's README. */
export function documents(repository: string): string[] {
  const others = globSync(["*.md", "examples/*/README.md"], { cwd: repository }).toSorted();
  const paths = [...FIRST, ...others.filter((path) => path !== "README.md")];
  return [...new Set(paths)].map((path) => join(repository, path));
}
