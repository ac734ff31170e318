#!/usr/bin/env node
/** The `conformance` command. */

import { writeSync } from "node:fs";
import { errorDetails, errorLine } from "../harness/error-line.ts";
import { main } from "./main.ts";
import { createTerminal } from "./terminal.ts";

/** Whether the end of the process is ours. A subject that ends it must not pass for conformant. */
let isDecided = false;

process.on("exit", () => {
  if (!isDecided) refuse("the subject has ended the process (process.exit)");
});
// Nothing is left that could wake anybody. (Node has words of its own for a module that awaits at its top level.)
process.on("beforeExit", () => {
  if (isDecided) return;
  refuse("the subject awaits what never comes, in its module or in open()");
  exitNow(2);
});

function refuse(reason: string): void {
  isDecided = true;
  writeSync(2, `conformance: cannot run: ${reason}\n`);
  process.exitCode = 2;
}

function exitNow(status: number): void {
  isDecided = true;
  process.exit(status);
}

/** Ends the process once everything is written: what a subject leaked must not keep it alive. */
function exit(status: number): void {
  process.stdout.write("", () => process.stderr.write("", () => exitNow(status)));
}

function fail(error: unknown): void {
  process.stderr.write(`conformance: cannot run: ${errorLine(error)}\n`);
  if (process.argv.includes("--verbose")) process.stderr.write(`${errorDetails(error)}\n`);
  exit(2);
}

// Between runs only; the engine takes these over while requirements are checked.
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
// Exiting runs the handlers that remove the temporary directories.
process.on("SIGINT", () => exitNow(130));
process.on("SIGTERM", () => exitNow(143));
// A reader that has seen enough (`| head`) is no error: the run goes on to its true status.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") fail(error);
});

const terminal = createTerminal(process.stdout, process.env);
void main(process.argv.slice(2), terminal, (line) => process.stderr.write(`${line}\n`)).then(
  exit,
  fail,
);
