/** One process of a server, and what it has said. */

import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A process that was started. */
export interface ServerProcess {
  /** Of the program itself, not of a shell or wrapper around it. */
  readonly pid: number;
  /** Whether it has not ended. A stopped one (SIGSTOP) runs. */
  readonly running: boolean;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Sends a signal; nothing happens if it has ended. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a program whose output is added to a file. Rejects if it cannot be started. */
export async function startProcess(
  file: string,
  args: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly logFile: string },
): Promise<ServerProcess> {
  const log = openSync(options.logFile, "a");
  const child = spawn(file, args, { env: options.environment, stdio: ["ignore", log, log] });
  closeSync(log);
  child.unref();
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  const pid = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
  return {
    pid,
    // Whoever waits for it keeps this process alive; nobody else does.
    get ended() {
      child.ref();
      return ended;
    },
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    signal: (signal) => void child.kill(signal),
  };
}

/** The last lines of a log, for an error's message. */
export function endOfLog(logFile: string, lines = 5): string {
  return readFileSync(logFile, "utf8").trim().split("\n").slice(-lines).join("\n");
}
