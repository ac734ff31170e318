/** Writes what is known about one requirement. */

import { existsSync } from "node:fs";
import { isProvisional } from "../../report/provisional.ts";
import { mutants } from "../../mutants/index.ts";
import { guidance } from "../../requirements/guidance/index.ts";
import type { Requirement } from "../../requirements/requirement.ts";
import type { Paint } from "../paint.ts";
import { wrap } from "../wrap.ts";
import { applicability } from "./applicability.ts";

/** Columns of the text; a terminal that is narrower wraps by itself. */
const width = 92;

/** Sentence, when it applies, why it is there, where to look, and how to run it alone. */
export function explainLines(requirement: Requirement, command: string, paint: Paint): string[] {
  const { id, level, profile, title, since } = requirement;
  // As `conformance init` calls it; anybody else's has a name that is not known here.
  const subject = existsSync("conformance.ts") ? "./conformance.ts" : "./my-backend.ts";
  const { why, fix } = guidance[id] ?? {};
  const standing = isProvisional(requirement)
    ? `came with ${since}; it decides nothing before the next major version`
    : undefined;
  const own = mutants.filter(({ breaks }) => breaks[0] === id);
  const all = own.length > 0 ? own : mutants.filter(({ breaks }) => breaks.includes(id));
  const found = all.map((mutant) => mutant.title).join("; ");
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["applies", applicability(requirement)],
    ["provisional", standing],
    ["why", why],
    ["to fix", fix],
    ["finds", found === "" ? undefined : `a backend that ${found}`],
  ];
  return [
    `${paint.bold(id)} ${level}, profile ${profile}`,
    ...wrap(title, width, "  "),
    "",
    ...fields.flatMap(([name, text]) => (text === undefined ? [] : field(name, text, paint))),
    // In one piece, to be copied.
    `${heading("run", paint)}${command} ${subject} --filter ${id}`,
  ];
}

function field(name: string, text: string, paint: Paint): string[] {
  const [first = "", ...rest] = wrap(text, width, "               ");
  return [heading(name, paint) + first.trimStart(), ...rest];
}

function heading(name: string, paint: Paint): string {
  return `  ${paint.dim(name.padEnd(13))}`;
}
