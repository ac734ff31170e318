/** SPEC.md's list of the mutants that each requirement kills. */

import { requirements } from "../../packages/conformance/src/index.ts";
import { mutants } from "../../packages/conformance/src/mutants/index.ts";

const begin = "<!-- mutants: `npm run mutants -- --write-spec` -->";
const end = "<!-- /mutants -->";

/** One line for each requirement: those that are made for it, and how many others it kills besides. */
function mutantLines(): readonly string[] {
  return requirements.map(({ id }) => {
    const all = mutants.filter(({ breaks }) => breaks.includes(id));
    const own = all.filter(({ breaks }) => breaks[0] === id);
    const shown = own.length > 0 ? own : all;
    const more = all.length - shown.length;
    const others = more === 0 ? "" : `, and ${more} more`;
    return `- ${id}: ${shown.map((mutant) => mutant.id).join(", ")}${others}`;
  });
}

/** SPEC.md with the lines between its marks up to date. */
export function withMutants(spec: string): string {
  const from = spec.indexOf(begin);
  const to = spec.indexOf(end);
  if (from < 0 || to < from) throw new Error(`SPEC.md has no ${begin} … ${end}`);
  return [spec.slice(0, from + begin.length), "", ...mutantLines(), "", spec.slice(to)].join("\n");
}
