/** What a person types to see again what a report says. */

import { isAbsolute, relative } from "node:path";
import type { Report, SubjectReport } from "./report.ts";
import { shellQuote } from "./shell-quote.ts";

/** The report of a run of the command: it knows what was typed, and so how to repeat it. */
export function asCommanded(report: Report, command: string, modules: readonly string[]): Report {
  const subjects = report.subjects.map((subject, index) => {
    const module = modules[index];
    return module === undefined ? subject : { ...subject, module: fromHere(module) };
  });
  return { ...report, command, subjects };
}

/**
 * The command that holds these subjects to one requirement again, with the same random choices.
 * Undefined if the report is not one of the command's.
 *
 * @example
 * replayCommand(report, [subject], "CORE-044"); // npx conformance ./my-backend.ts --filter CORE-044 --seed 7
 */
export function replayCommand(
  report: Report,
  subjects: readonly SubjectReport[],
  id: string,
): string | undefined {
  const modules = subjects.flatMap(({ module }) =>
    module === undefined ? [] : [shellQuote(module)],
  );
  if (report.command === undefined || modules.length === 0) return undefined;
  const size = report.full ? "CI=true " : "";
  const selection = `--filter ${shellQuote(id)} --seed ${report.seed}`;
  return `${size}${report.command} ${modules.join(" ")} ${selection}`;
}

/** A path below the working directory says nothing of the machine. */
function fromHere(path: string): string {
  const inside = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return inside === "" || inside.startsWith("..") ? path : inside;
}
