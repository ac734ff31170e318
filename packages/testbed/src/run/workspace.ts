/** A temporary directory with servers in it, all of which are gone when the test's process is. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endOfLog, type ServerProcess, startProcess } from "./server-process.ts";
import { mark, sweep } from "./sweep.ts";

const keeperFile = fileURLToPath(new URL("./keeper.ts", import.meta.url));

/** Where servers run. Closing it ends them and removes all that they have. */
export interface Workspace extends AsyncDisposable {
  /** The path of the directory. */
  readonly directory: string;
  /** What the process of this name has said last. */
  endOfLog(name: string): string;
  /** Starts a program that ends with the workspace, and all that it starts in turn. */
  start(name: string, file: string, args: readonly string[]): Promise<ServerProcess>;
  /** Idempotent. Resolves when no process, mount or file is left. */
  close(): Promise<void>;
}

/**
 * Opens an empty workspace in the system's directory for temporary files.
 *
 * A second process keeps watch: it sees this one go, by SIGKILL too, and sweeps. Only if both are
 * killed at once is something left behind.
 */
export async function openWorkspace(): Promise<Workspace> {
  const directory = await mkdtemp(join(tmpdir(), "engenho-testbed-"));
  const keeper = spawn(process.execPath, [keeperFile, directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.stdin.on("error", () => {}); // The keeper has been killed: close() sweeps all the same.
  const kept = once(keeper, "exit");
  await once(keeper, "spawn");
  // A process whose own work is done may end: the keeper clears up after it.
  keeper.unref();
  (keeper.stdin as Socket).unref();
  const environment = { ...process.env, [mark]: directory };
  const close = async (): Promise<void> => {
    await sweep(directory);
    keeper.ref();
    keeper.stdin.end();
    await kept;
  };
  let closed: Promise<void> | undefined;
  const logFile = (name: string): string => join(directory, `${name}.log`);
  const workspace: Workspace = {
    directory,
    endOfLog: (name) => endOfLog(logFile(name)),
    start: (name, file, args) => startProcess(file, args, { environment, logFile: logFile(name) }),
    close: () => (closed ??= close()),
    [Symbol.asyncDispose]: () => workspace.close(),
  };
  return workspace;
}
