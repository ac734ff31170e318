/** The shell of somebody who has just come: their own npm and settings, and a Node that the packages take. */

import { tmpdir } from "node:os";
import { delimiter, dirname } from "node:path";
import { runCommand } from "../run-command.ts";

/** Without the tools of this workspace. */
export async function newcomersEnvironment(): Promise<NodeJS.ProcessEnv> {
  const path = process.env["PATH"]?.split(delimiter) ?? [];
  const outside = path.filter((directory) => !directory.includes("node_modules"));
  const own = { ...process.env, PATH: outside.join(delimiter) };
  // npm looks for its settings beside the Node that runs it, which below is another one.
  const { output } = await runCommand("npm", ["config", "get", "globalconfig"], tmpdir(), own);
  const globalconfig = output.trim().split("\n").at(-1) ?? "";
  const node = dirname(process.execPath);
  return {
    ...own,
    PATH: [node, ...outside].join(delimiter),
    NPM_CONFIG_GLOBALCONFIG: globalconfig,
  };
}
