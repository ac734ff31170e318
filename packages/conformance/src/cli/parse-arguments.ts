/** Reads the command line. */

import { profiles } from "../harness/select-requirements.ts";
import { type ReportFormat, reportFormats } from "../report/formats.ts";
import type { Profile } from "../requirements/requirement.ts";
import { integer, milliseconds, profileNamed, readOptions } from "./read-options.ts";
import { subcommandHelp } from "./subcommands.ts";
import { UsageError } from "./usage-error.ts";

/** What the command was asked to do. */
export interface Arguments {
  readonly subjects: readonly string[];
  readonly profiles: readonly Profile[] | undefined;
  readonly filter: string | undefined;
  readonly seed: number | undefined;
  readonly timeoutMs: number | undefined;
  /** Where the report goes; nowhere by default. */
  readonly reportDirectory: string | undefined;
  /** The formats that the report is wanted in; undefined is all of them. */
  readonly formats: readonly ReportFormat[] | undefined;
  readonly verbose: boolean;
  /** What to print instead of running anything. */
  readonly print: "help" | "version" | "list" | undefined;
}

/** The text of `--help`. */
export const helpText: string = `Usage: conformance <subject.ts…> [options]
       conformance <subcommand> …

Holds the backends that these modules export to the requirements of the store contract.

Subcommands (each with --help):
${subcommandHelp}

Options:
  --profile NAME   only this profile: ${profiles.join(", ")} (may be repeated)
  --filter TEXT    only requirements with this in their id or title; /…/ is a regular expression
  --seed N         repeat the random choices of an earlier run (default: random, printed)
  --timeout S      seconds that one check may take (default: 30; 60 with CI=true)
  --report DIR     write the report into DIR: conformance.html, .md, .xml (JUnit), .json, badge.svg, badge.json
  --format NAME    with --report, only this: ${reportFormats.join(", ")} (may be repeated)
  --list           print the requirements and stop
  --verbose        print every requirement, and failures with their stacks
  --version        print the version
  --help           print this

Exit status: 0 every profile of every subject is conformant, 1 not, 2 the suite cannot run, 137 a subject held the
event loop for ten times --timeout and was ended by force.`;

/** Throws a UsageError for anything that the help text does not offer. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = readOptions(args, options);
  const print = values.help
    ? "help"
    : values.version
      ? "version"
      : values.list
        ? "list"
        : undefined;
  if (print === undefined && positionals.length === 0) {
    throw new UsageError("no subject given");
  }
  const formats = values.format?.map(formatNamed);
  if (values.format !== undefined && values.report === undefined) {
    throw new UsageError(
      "--format says how a report is written, and --report DIR where: give both",
    );
  }
  return {
    subjects: positionals,
    profiles: values.profile?.map(profileNamed),
    filter: values.filter,
    seed: values.seed === undefined ? undefined : integer("--seed", values.seed),
    timeoutMs: values.timeout === undefined ? undefined : milliseconds("--timeout", values.timeout),
    reportDirectory: values.report,
    formats,
    verbose: values.verbose ?? false,
    print,
  };
}

const options = {
  profile: { type: "string", multiple: true },
  filter: { type: "string" },
  seed: { type: "string" },
  timeout: { type: "string" },
  report: { type: "string" },
  format: { type: "string", multiple: true },
  list: { type: "boolean" },
  verbose: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function formatNamed(name: string): ReportFormat {
  const format = reportFormats.find((each) => each === name);
  if (format !== undefined) return format;
  throw new UsageError(`--format ${name} is none of ${reportFormats.join(", ")}`);
}
