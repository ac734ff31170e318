/** What a person types to run the command as it was run. */

import { existsSync } from "node:fs";
import { relative } from "node:path";

/** From source, in this repository, the command is a file; everywhere else npm has put it on a path. */
export function commandAsRun(script: string | undefined): string {
  if (script?.endsWith(".ts") !== true) return "npx conformance";
  // The workspace brings the Node that reads TypeScript; the machine's own may be older.
  const node = existsSync("node_modules/.bin/node") ? "node_modules/.bin/node" : "node";
  return `${node} --conditions=@engenho/source ${relative(process.cwd(), script)}`;
}
