/** Reads options and positionals, with this command's own words for what is wrong. */

import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { profiles } from "../harness/select-requirements.ts";
import type { Profile } from "../requirements/requirement.ts";
import { UsageError } from "./usage-error.ts";

/** What `parseArgs` of Node makes of the arguments. Throws a UsageError for what these options do not offer. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node adds advice after the first sentence; ours follows.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(/\.(?:\s|$)/)[0] ?? message, { cause: error });
  }
}

/** The profile of this name. Throws a UsageError if there is none. */
export function profileNamed(name: string): Profile {
  const profile = profiles.find((each) => each === name);
  if (profile !== undefined) return profile;
  throw new UsageError(`--profile ${name} is none of ${profiles.join(", ")}`);
}

/** `--seed N`. Throws a UsageError for anything but an integer. */
export function integer(option: string, text: string): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new UsageError(`${option} ${text} is no integer`);
}

/** `--timeout S`, as milliseconds. Throws a UsageError for anything but a number of seconds. */
export function milliseconds(option: string, text: string): number {
  const value = Number(text) * 1000;
  // Node's timers hold no more than 2^31 - 1 milliseconds.
  if (/^\d+(\.\d+)?$/.test(text) && value >= 1 && value < 2 ** 31) return value;
  throw new UsageError(`${option} ${text} is no number of seconds`);
}
