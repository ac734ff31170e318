/**
 * Runs a program that ends with this process, however that ends: between the two stands a shell that reads a pipe. It ends
 * the program when the pipe does, and nothing else holds its other end.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A line asks the program to end (SIGTERM), the pipe's end ends it (SIGKILL). */
const script = `
umask 077
exec 3<&0 2>>"$1"
shift
"$@" </dev/null >&2 3<&- &
program=$!
echo "$program"
{
  while read -r line <&3; do kill -TERM "$program"; done
  kill -KILL "$program"
} >/dev/null 2>&1 &
reader=$!
exec 3<&-
wait "$program"
code=$?
kill "$reader" 2>/dev/null
exit "$code"
`;

/** A program asked to end has this long. */
const PATIENCE_MS = 5_000;

/** A program that runs. */
export interface KeptProcess {
  /** Undefined if it could not be started; it has ended then. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, with how: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to end, and ends it if it does not. Resolves when it has. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a program; what it writes is added to a file.
 *
 * @throws Error The system's, where there is no `/bin/sh`.
 */
export async function startKept(
  command: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly logFile: string },
): Promise<KeptProcess> {
  // In a session of its own: what a terminal sends to this process is not for the program.
  const keeper = spawn("/bin/sh", ["-c", script, "keeper", options.logFile, ...command], {
    env: options.environment,
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  keeper.stdin.on("error", () => {}); // It has ended.
  const ended = new Promise<string>((resolve) => {
    keeper.once("exit", (code, signal) => {
      // Were it the keeper that was killed, its program would go with the pipe.
      keeper.stdin.destroy();
      resolve(signal ?? nameOf(code ?? 0));
    });
  });
  await once(keeper, "spawn");
  const lines = createInterface({ input: keeper.stdout });
  const pid = await Promise.race([
    once(lines, "line").then(([line]) => Number(line)),
    ended.then(() => undefined),
  ]);
  lines.close();
  keeper.stdout.destroy();
  return {
    pid,
    ended,
    async stop() {
      keeper.stdin.write("end\n");
      const patience = setTimeout(() => {
        keeper.stdin.destroy();
        // Who reads the pipe may be gone. The shell waits for the program, so that nobody else has its number yet.
        if (pid !== undefined) killIfThere(pid);
      }, PATIENCE_MS);
      await ended;
      clearTimeout(patience);
    },
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {}
}

/** A shell adds 128 to the number of the signal that ended its program. */
function nameOf(code: number): string {
  if (code === 128 + 9) return "SIGKILL";
  if (code === 128 + 15) return "SIGTERM";
  return `exit code ${code}`;
}
