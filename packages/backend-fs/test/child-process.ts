/** Starts `child.ts` and follows what it says. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A child that opens a root. */
export interface Child {
  readonly pid: number;
  /** Gives it a line. */
  say(line: string): void;
  /** Its next line; undefined once it has ended. */
  nextLine(): Promise<string | undefined>;
  /** Ends it, by `SIGKILL` or the end of its input, and resolves when it is gone. */
  end(how: "kill -9" | "input"): Promise<void>;
}

/**
 * Starts a child; it is killed when the test ends, at the latest.
 *
 * @param user The number of the user that it runs as; without it, this process's own.
 */
export function startChild(
  task: "hold" | "write" | "inspect" | "race" | "script" | "script-journal",
  root: string,
  user?: number,
): Child {
  const file = fileURLToPath(new URL("./child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@engenho/source", file, task, root], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const end: Child["end"] = async (how) => {
    if (how === "kill -9") child.kill("SIGKILL");
    else child.stdin.end();
    await ended;
  };
  onTestFinished(() => end("kill -9"));
  const say: Child["say"] = (line) => void child.stdin.write(`${line}\n`);
  return { pid: child.pid ?? -1, say, end, nextLine: async () => (await lines.next()).value };
}
