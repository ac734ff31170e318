/** Lists the files that the repository is made of. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

/** What .gitignore leaves out; asking git would fail where the sources came without it. */
const GENERATED: ReadonlySet<string> = new Set([
  ".git",
  "coverage",
  "dist",
  "node_modules",
  "reports",
  "target",
]);

/** Every file's path, relative to the root, `/` between segments. */
export function sourceFiles(root: string, directory = ""): readonly string[] {
  return readdirSync(join(root, directory), { withFileTypes: true })
    .filter(({ name }) => !GENERATED.has(name) && !name.endsWith(".tgz"))
    .flatMap((entry) => {
      const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) return sourceFiles(root, path);
      return entry.isFile() ? [path] : [];
    })
    .toSorted();
}
