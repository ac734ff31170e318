/** `conformance interop`: whether backends can take each other's place. */

import { join } from "node:path";
import { resolveSettings } from "../../harness/check-settings.ts";
import type { Subject } from "../../harness/subject.ts";
import { isInteroperable } from "../../interop/interop-report.ts";
import { runInterop } from "../../interop/run-interop.ts";
import { makeReportDirectory, replaceFile } from "../../report/write-reports.ts";
import { loadSubject } from "../../harness/load-subject.ts";
import { milliseconds, readOptions } from "../read-options.ts";
import { reportable } from "../reportable.ts";
import type { Subcommand } from "../subcommand.ts";
import { UsageError } from "../usage-error.ts";
import { startWatchdog } from "../watchdog.ts";
import { matrixLines } from "./matrix-lines.ts";

const help = `Usage: conformance interop <subject.ts…> [options]

Takes a snapshot of every backend into every other one and back, and prints what came of it:
  identical   references, bytes and snapshot bytes are the same, there and back
  equal       references are, and every field is, where a backend promises no more
  differs     something is not; what, is said below
  impossible  one makes no snapshots, or restores none

What travels: the subjects' samples, and the references and contents that careless stores
lose, as far as both claim to hold them. The last row is what the Rust implementation wrote.

Options:
  --timeout S      seconds that one cell may take (default: 30; 60 with CI=true)
  --report DIR     write DIR/interop.json
  --help           print this

Exit status: 0 nothing differs, 1 something does, 2 nothing can be compared.`;

export const interop: Subcommand = {
  name: "interop",
  parameters: "<subject.ts…>",
  summary: "take every backend's snapshot into every other one and back",
  async run(args, terminal) {
    const { values, positionals } = readOptions(args, options);
    if (values.help) {
      terminal.line(help);
      return 0;
    }
    if (positionals.length === 0) throw new UsageError("no subject given");
    const timeoutMs =
      values.timeout === undefined ? undefined : milliseconds("--timeout", values.timeout);
    // Loading a subject runs its code already.
    startWatchdog(10 * resolveSettings({ timeoutMs }).timeoutMs);
    const subjects: Subject[] = [];
    for (const path of positionals) subjects.push(await loadSubject(path));
    const directory = values.report;
    // Before the run: nobody should wait for a report that cannot be written.
    if (directory !== undefined) await reportable(makeReportDirectory(directory));

    const count = subjects.length * (subjects.length + 1);
    let done = 0;
    const show = (): void => terminal.status(`interop: ${done}/${count} cells`);
    show();
    try {
      const report = await runInterop(subjects, {
        timeoutMs,
        observe: () => {
          done++;
          show();
        },
      });
      terminal.status("");
      const path = directory === undefined ? undefined : join(directory, "interop.json");
      const writing =
        path === undefined ? undefined : replaceFile(path, `${JSON.stringify(report, null, 2)}\n`);
      const [written] = await Promise.allSettled([writing]);
      const readable = written.status === "fulfilled" ? path : undefined;
      for (const line of matrixLines(report, terminal.paint, readable)) terminal.line(line);
      await reportable(Promise.resolve(writing));
      if (!isInteroperable(report)) return 1;
      return report.cells.every(({ result }) => result === "impossible") ? 2 : 0;
    } finally {
      terminal.status("");
    }
  },
};

const options = {
  timeout: { type: "string" },
  report: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;
