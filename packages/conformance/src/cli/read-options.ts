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
