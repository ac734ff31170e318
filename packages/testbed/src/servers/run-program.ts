/** Runs a program to its end and keeps what it says. */

import { spawn, type SpawnOptions } from "node:child_process";

/** How a program ended. */
export interface ProgramResult {
  /** Null if a signal ended it, undefined if it could not be started. */
  readonly code: number | null | undefined;
  /** What it wrote to stdout. */
  readonly output: string;
  /** What it wrote to stderr, or why it could not be started. */
  readonly complaint: string;
}

/** Never rejects: whether a code other than 0 is a failure is for the caller to say. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs?: number } = {},
): Promise<ProgramResult> {
  const { timeoutMs = 30_000, ...rest } = options;
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...rest });
    // Node's own `timeout` keeps the process for as long where the program cannot be started.
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const end = (result: ProgramResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    let output = "";
    let complaint = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.once("error", (error) => end({ code: undefined, output, complaint: error.message }));
    child.once("close", (code) => end({ code, output, complaint }));
  });
}

/** What it writes to stdout; throws an Error with what it complained of if it fails. */
export async function mustRun(
  file: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs?: number } = {},
): Promise<string> {
  const { code, output, complaint } = await runProgram(file, args, options);
  if (code === 0) return output;
  throw new Error(`${file} ${args.join(" ")} failed: ${lastLine(complaint)}`);
}

/** The last line that says something: where programs tell what was wrong in the end. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
