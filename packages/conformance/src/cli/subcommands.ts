/** Every subcommand. A subject module with the name of one is given with its path: `./list`. */

import { align } from "./align.ts";
import { explain } from "./explain/explain.ts";
import { init } from "./init/init.ts";
import { interop } from "./interop/interop.ts";
import { list } from "./list/list.ts";
import type { Subcommand } from "./subcommand.ts";

export const subcommands: readonly Subcommand[] = [init, explain, list, interop];

/** Their lines in the help text of the command. */
export const subcommandHelp: string = align(
  subcommands.map(({ name, parameters, summary }) => [
    `  ${`${name} ${parameters}`.trimEnd()}`,
    summary,
  ]),
).join("\n");
