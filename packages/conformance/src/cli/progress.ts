/** Shows how far a run has come: a status line for people, plain lines now and then for logs. */

import type { RunEvent } from "../harness/run-subject.ts";
import type { RequirementReport } from "../report/report.ts";
import type { Terminal } from "./terminal.ts";

/** Takes the events of a run and shows them. */
export interface Progress {
  observe(event: RunEvent): void;
  /** Takes the status line away. */
  stop(): void;
}

/** How often a status line is redrawn, and how often a log gets a line. */
const liveIntervalMs = 100;
const logIntervalMs = 10_000;

/** A progress display; `verbose` gives every requirement a line, and failures their details. */
export function createProgress(terminal: Terminal, verbose: boolean): Progress {
  const { paint } = terminal;
  let subject = "";
  let count = 0;
  let done = 0;
  let failed = 0;
  let notApplicable = 0;
  let started = performance.now();

  const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const state = (): string => {
    const failures = failed === 0 ? "" : `, ${failed} failed`;
    const others = notApplicable === 0 ? "" : `, ${notApplicable} not applicable`;
    return `${subject}: ${done}/${count} checked${failures}${others}, ${elapsed()}`;
  };
  const show = (): void => {
    if (terminal.isLive) terminal.status(state());
    else terminal.line(state());
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    terminal.status("");
  };

  return {
    stop,
    observe(event) {
      switch (event.type) {
        case "subject-start":
          ({ subject, count, notApplicable } = event);
          [done, failed, started] = [0, 0, performance.now()];
          show();
          timer = setInterval(show, terminal.isLive ? liveIntervalMs : logIntervalMs);
          break;
        case "requirement-end": {
          const { report, details } = event.outcome;
          done++;
          if (report.status === "failed") failed++;
          if (verbose) {
            terminal.line(requirementLine(terminal, report));
            if (details !== undefined) terminal.line(indent(details));
          } else if (report.status === "failed") {
            terminal.line(`${subject}: ${paint.red("failed")} ${report.id} ${report.message}`);
          }
          break;
        }
        case "subject-end":
          stop();
          if (!terminal.isLive) terminal.line(state());
          break;
      }
    },
  };
}

function requirementLine({ paint }: Terminal, report: RequirementReport): string {
  const colour = {
    passed: paint.green,
    failed: paint.red,
    skipped: paint.yellow,
    "known-failure": paint.yellow,
  };
  const status = colour[report.status](report.status.padEnd("known-failure".length));
  const message = report.message === undefined ? "" : `: ${report.message}`;
  return `${status} ${report.id} ${report.level} ${report.title} ${paint.dim(`${report.durationMs} ms`)}${message}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
