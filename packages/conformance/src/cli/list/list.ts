/** `conformance list`: the requirements, for people or as JSON. */

import { selectRequirements } from "../../harness/select-requirements.ts";
import { isProvisional } from "../../report/provisional.ts";
import { guidance } from "../../requirements/guidance/index.ts";
import { requirements } from "../../requirements/index.ts";
import type { Requirement } from "../../requirements/requirement.ts";
import { applicability } from "../explain/applicability.ts";
import { profileNamed, readOptions } from "../read-options.ts";
import type { Subcommand } from "../subcommand.ts";
import { UsageError } from "../usage-error.ts";
import { listLines } from "./list-lines.ts";

const help = `Usage: conformance list [options]

Prints the requirements: id, level, profile, sentence.

Options:
  --profile NAME   only this profile (may be repeated)
  --filter TEXT    only requirements with this in their id or title; /…/ is a regular expression
  --json           as JSON, with what \`conformance explain\` says of each
  --help           print this`;

export const list: Subcommand = {
  name: "list",
  parameters: "",
  summary: "print the requirements",
  async run(args, terminal) {
    const { values, positionals } = readOptions(args, options);
    if (values.help) {
      terminal.line(help);
      return 0;
    }
    if (positionals[0] !== undefined)
      throw new UsageError(`list takes no "${positionals[0]}"; --filter narrows it`);
    const selection = { profiles: values.profile?.map(profileNamed), filter: values.filter };
    const selected = selectRequirements(requirements, selection);
    if (values.json) terminal.line(JSON.stringify(selected.map(asData), null, 2));
    else for (const line of listLines(selected)) terminal.line(line);
    return 0;
  },
};

const options = {
  profile: { type: "string", multiple: true },
  filter: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** One requirement as JSON; a field that says nothing is left out. */
function asData(requirement: Requirement): Readonly<Record<string, unknown>> {
  const { id, level, profile, title, since } = requirement;
  return {
    ...{ id, level, profile, title, since },
    provisional: isProvisional(requirement) || undefined,
    applies: applicability(requirement),
    ...guidance[id],
  };
}
