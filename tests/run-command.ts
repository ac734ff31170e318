/** Runs a program to its end, for tests. */

import { execFile } from "node:child_process";

export interface CommandResult {
  /** The exit code; 1 if a signal ended it. */
  readonly code: number;
  /** What it wrote to stdout and stderr. */
  readonly output: string;
}

/** Longer than any of them takes; below the tests' own timeout, so that the output is seen. */
const TIMEOUT_MS = 100_000;

/** Without a shell; rejects if the program can't be started. */
export function runCommand(
  file: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: environment, maxBuffer: 64 * 1024 * 1024, timeout: TIMEOUT_MS };
    execFile(file, args, options, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) resolve({ code: 0, output });
      else if (typeof error.code === "string") reject(error);
      else resolve({ code: error.code ?? 1, output });
    });
  });
}
