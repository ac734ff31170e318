/** Reads the command line of `engenho-fs`. */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bless } from "./bless.ts";
import { type Command, type OwnOption, type Request, UsageError } from "./command.ts";
import { doctor } from "./doctor.ts";
import { probe } from "./probe.ts";
import { verify } from "./verify.ts";

const ownOptions: readonly OwnOption[] = ["profile", "durability", "force"];
const commands: readonly Command[] = [doctor, probe, verify, bless];

/** The text of `--help`. */
export const helpText: string = `Usage: engenho-fs <command> <directory> [options]

Says what a directory does, and whether a store of @engenho/backend-fs can be kept in it.

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(17)}${summary}`).join("\n")}

Options:
  --profile FILE   doctor, verify: read it, and its durability; bless: write it, outside the directory
  --durability D   doctor, probe, bless: what a store is to survive, power-loss (default) or process
  --force          bless: replace a profile that is there
  --json           print one JSON object
  --help           print this

Trying needs the lock: nothing but the lock file is left behind. While a store is open, and where nothing
can be written, only doctor has something to say. Colours are for terminals; NO_COLOR turns them off.

Exit status: 0 yes, 1 no (no store can be kept, the profile is invalid or does not match, something is
damaged, doctor finds no store), 2 it could not be found out (usage, no such directory, locked, no permission).`;

/** What was asked for. */
export interface Arguments {
  readonly command: Command;
  readonly request: Request;
  readonly isJson: boolean;
}

/** What was asked for, or `help`. @throws UsageError for anything that the help text does not offer. */
export function parseArguments(args: readonly string[]): Arguments | "help" {
  const { values, positionals } = read(args);
  if (values.help === true) return "help";
  const [name, root, ...more] = positionals;
  if (name === undefined) throw new UsageError("no command given");
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new UsageError(`there is no command "${name}"`);
  if (root === undefined || root === "") throw new UsageError("no directory given");
  if (more.length > 0) throw new UsageError("more than one directory given");
  const { profile, durability, force = false, json = false } = values;
  const stranger = ownOptions.find(
    (option) => values[option] !== undefined && !command.options.includes(option),
  );
  if (stranger !== undefined) throw new UsageError(`${name} has no option --${stranger}`);
  if (durability !== undefined && durability !== "power-loss" && durability !== "process") {
    throw new UsageError(`--durability is power-loss or process, not "${durability}"`);
  }
  if (profile === "" || (command.needsProfile && profile === undefined)) {
    throw new UsageError(`${name} needs --profile FILE`);
  }
  const path = profile === undefined ? undefined : resolve(profile);
  return {
    command,
    request: { root: resolve(root), durability, profile: path, force },
    isJson: json,
  };
}

function read(args: readonly string[]): ReturnType<typeof parseArgs<typeof config>> {
  try {
    return parseArgs({ ...config, args: [...args] });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const config = {
  allowPositionals: true,
  options: {
    profile: { type: "string" },
    durability: { type: "string" },
    force: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
} as const;
