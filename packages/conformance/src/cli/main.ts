/** The command, apart from the process it runs in. */

import { existsSync } from "node:fs";
import { CannotRunError } from "../harness/cannot-run-error.ts";
import { resolveSettings } from "../harness/check-settings.ts";
import { errorDetails } from "../harness/error-line.ts";
import { randomSeed } from "../harness/derive-seed.ts";
import { runSuite } from "../harness/run-suite.ts";
import { selectRequirements } from "../harness/select-requirements.ts";
import type { Subject } from "../harness/subject.ts";
import { kitVersion } from "../report/kit-version.ts";
import { asCommanded } from "../report/replay-command.ts";
import { isConformant } from "../report/report.ts";
import { makeReportDirectory, writeReports } from "../report/write-reports.ts";
import { requirements } from "../requirements/index.ts";
import { commandAsRun } from "./command-as-run.ts";
import { editDistance } from "./edit-distance.ts";
import { listLines } from "./list/list-lines.ts";
import { loadSubject } from "../harness/load-subject.ts";
import { type Arguments, helpText, parseArguments } from "./parse-arguments.ts";
import { createProgress } from "./progress.ts";
import { reportable } from "./reportable.ts";
import type { ExitStatus, Subcommand } from "./subcommand.ts";
import { subcommands } from "./subcommands.ts";
import { summaryLines } from "./summary.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { startWatchdog } from "./watchdog.ts";

/** Runs the command to its exit status; only errors of the command itself go to `complain`. */
export async function main(
  args: readonly string[],
  terminal: Terminal,
  complain: (line: string) => void,
): Promise<ExitStatus> {
  const subcommand = subcommands.find(({ name }) => name === args[0]);
  try {
    refuseOldNode(process.versions.node);
    if (subcommand !== undefined) return await subcommand.run(args.slice(1), terminal);
    const parsed = parseArguments(args);
    return parsed.print === undefined ? await run(parsed, terminal) : print(parsed, terminal);
  } catch (error) {
    if (error instanceof UsageError)
      complain(`conformance: ${error.message} (see ${helpCommand(subcommand)})`);
    else if (error instanceof CannotRunError) complain(`conformance: cannot run: ${error.message}`);
    else throw error;
    if (args.includes("--verbose") && error.cause !== undefined)
      complain(errorDetails(error.cause));
    return 2;
  }
}

function helpCommand(subcommand: Subcommand | undefined): string {
  return subcommand === undefined ? "conformance --help" : `conformance ${subcommand.name} --help`;
}

/** Older ones fail later and less clearly. */
function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return;
  throw new CannotRunError(`this is Node ${version}; 22.19 or newer is needed`);
}

/** `lst` is no file, and nearly `list`. */
function refuseMistypedSubcommand(path: string): void {
  if (!/^[a-z]+$/.test(path) || existsSync(path)) return;
  const near = subcommands.find(({ name }) => editDistance(path, name) <= 2);
  if (near !== undefined)
    throw new UsageError(`${path}: there is no such file; did you mean \`${near.name}\`?`);
}

function print(parsed: Arguments, terminal: Terminal): ExitStatus {
  if (parsed.print === "help") terminal.line(helpText);
  else if (parsed.print === "version") terminal.line(kitVersion());
  else for (const line of listLines(selectRequirements(requirements, parsed))) terminal.line(line);
  return 0;
}

async function run(parsed: Arguments, terminal: Terminal): Promise<ExitStatus> {
  // Loading a subject runs its code already.
  startWatchdog(10 * resolveSettings(parsed).timeoutMs);
  const subjects: Subject[] = [];
  for (const path of parsed.subjects) {
    refuseMistypedSubcommand(path);
    subjects.push(await loadSubject(path));
  }

  const { reportDirectory } = parsed;
  // Before the run: nobody should wait for a report that cannot be written.
  if (reportDirectory !== undefined) await reportable(makeReportDirectory(reportDirectory));
  const seed = parsed.seed ?? randomSeed();
  terminal.line(terminal.paint.dim(`conformance ${kitVersion()}, seed ${seed}`));
  const progress = createProgress(terminal, parsed.verbose);
  try {
    const { profiles, filter, timeoutMs } = parsed;
    const judged = await runSuite(subjects, requirements, {
      profiles,
      filter,
      timeoutMs,
      seed,
      observe: (event) => progress.observe(event),
    });
    const report = asCommanded(judged, commandAsRun(process.argv[1]), parsed.subjects);
    const writing =
      reportDirectory === undefined
        ? undefined
        : writeReports(report, reportDirectory, parsed.formats);
    const written = await Promise.allSettled([writing]);
    const options = {
      paint: terminal.paint,
      reportPath: written[0].status === "fulfilled" ? written[0].value?.[0] : undefined,
    };
    // Whatever becomes of the report, the results must not be lost.
    for (const line of summaryLines(report, options)) terminal.line(line);
    await reportable(Promise.resolve(writing));
    return isConformant(report) ? 0 : 1;
  } finally {
    progress.stop();
  }
}
