/** The command `engenho-fs`, apart from the process that it runs in. */

import { BackendError } from "@engenho/sdk";
import { type Answer, type ExitStatus, UsageError } from "./command.ts";
import { layOut, type Paint } from "./layout-lines.ts";
import { helpText, parseArguments } from "./parse-arguments.ts";
import { visible } from "./visible.ts";

/** Where it writes to. */
export interface Output {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly paint: Paint;
}

/** The codes that say no; with every other one nothing was found out. */
const refusals: ReadonlySet<string> = new Set([
  "unsupported",
  "profile_invalid",
  "profile_mismatch",
]);

/** Runs the command to its exit status. */
export async function main(args: readonly string[], output: Output): Promise<ExitStatus> {
  let isJson = false;
  try {
    const parsed = parseArguments(args);
    if (parsed === "help") {
      output.print(helpText);
      return 0;
    }
    ({ isJson } = parsed);
    const answer = await parsed.command.run(parsed.request);
    printAnswer(answer, isJson, output);
    return answer.status;
  } catch (error) {
    return explain(error, isJson, output);
  }
}

function printAnswer({ lines, data }: Answer, isJson: boolean, { print, paint }: Output): void {
  if (isJson) print(JSON.stringify(data, null, 2));
  else for (const line of layOut(lines, paint)) print(line);
}

function explain(error: unknown, isJson: boolean, { print, complain }: Output): ExitStatus {
  if (error instanceof UsageError) {
    complain(`engenho-fs: ${visible(error.message)} (see engenho-fs --help)`);
    return 2;
  }
  if (!BackendError.is(error)) {
    complain(`engenho-fs: ${visible(error instanceof Error ? error.message : String(error))}`);
    return 2;
  }
  const { code, reason } = error;
  if (isJson) print(JSON.stringify({ error: { code, reason } }, null, 2));
  complain(`engenho-fs: ${visible(reason)}`);
  return refusals.has(code) ? 1 : 2;
}
