/** Runs the command from source, as a process of its own. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a run of the command ended. */
export interface CommandRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const packageDirectory = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `conformance` with these arguments in the package's directory, its output in pipes. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandRun> {
  const child = spawn(
    process.execPath,
    ["--conditions=@engenho/source", "src/cli/bin.ts", ...args],
    { cwd: packageDirectory, env: { ...process.env, CI: "", ...environment } },
  );
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }),
  ]);
  return { status, stdout, stderr };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = "";
  stream.setEncoding("utf8");
  for await (const part of stream) all += String(part);
  return all;
}
