/** Runs a program that has to succeed. */

import { execFile } from "node:child_process";

/** Longer than any of them takes. */
const TIMEOUT_MS = 300_000;

/** What it writes to stdout; rejects with all that it wrote if it fails. Without a shell. */
export function demand(
  file: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: environment, maxBuffer: 64 * 1024 * 1024, timeout: TIMEOUT_MS };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} ${args.join(" ")} failed:\n${stdout}${stderr}`));
    });
  });
}
