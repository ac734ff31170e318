/** `conformance explain`: what a requirement is for, and what to do about a failure. */

import { requirements } from "../../requirements/index.ts";
import type { Profile, Requirement } from "../../requirements/requirement.ts";
import { commandAsRun } from "../command-as-run.ts";
import { listLines } from "../list/list-lines.ts";
import { readOptions } from "../read-options.ts";
import type { Subcommand } from "../subcommand.ts";
import { UsageError } from "../usage-error.ts";
import { explainLines } from "./explain-lines.ts";
import { nearestIds } from "./nearest-ids.ts";

const help = `Usage: conformance explain <id or profile…>

Says of each requirement what it demands, of which backends, why, and where to look when it fails.
Of a profile (watch, or WATCH) it lists the requirements.

Options:
  --help           print this

Example: conformance explain WATCH-007 SNAP-013`;

export const explain: Subcommand = {
  name: "explain",
  parameters: "<id…>",
  summary: "say why a requirement is there, and where to look when it fails",
  async run(args, terminal) {
    const { values, positionals } = readOptions(args, { help: { type: "boolean", short: "h" } });
    if (values.help) {
      terminal.line(help);
      return 0;
    }
    if (positionals.length === 0) throw new UsageError("no requirement given");
    const profile = positionals.length === 1 ? profileMeant(positionals[0]) : undefined;
    if (profile !== undefined) {
      const all = requirements.filter((each) => each.profile === profile);
      for (const line of listLines(all)) terminal.line(line);
      return 0;
    }
    // All of them first: an answer to half of a question with an error behind it is read as one.
    const wanted = positionals.map(requirementNamed);
    const command = commandAsRun(process.argv[1]);
    for (const [index, requirement] of wanted.entries()) {
      if (index > 0) terminal.line("");
      for (const line of explainLines(requirement, command, terminal.paint)) terminal.line(line);
    }
    return 0;
  },
};

/** By its name, or by what its ids begin with. */
function profileMeant(text = ""): Profile | undefined {
  const prefix = `${text.toUpperCase()}-`;
  return requirements.find(
    ({ id, profile }) => profile === text.toLowerCase() || id.startsWith(prefix),
  )?.profile;
}

/** `WATCH-007`, or `watch-7` as people type it. */
function requirementNamed(text: string): Requirement {
  const id = text
    .toUpperCase()
    .replace(/-(\d+)$/, (_, digits: string) => `-${digits.padStart(3, "0")}`);
  const found = requirements.find((requirement) => requirement.id === id);
  if (found !== undefined) return found;
  const ids = requirements.map((requirement) => requirement.id);
  const nearest = nearestIds(text, ids);
  throw new UsageError(`${text} is no requirement; the nearest are ${nearest.join(", ")}`);
}
