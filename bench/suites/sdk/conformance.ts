/** How long the conformance suite takes to judge a backend, as the command does it. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BenchCase, Contestant } from "../../src/bench-case.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs the whole suite over a subject, start of the process included; when tiny, one requirement. */
function judging(subject: string): Contestant {
  return {
    name: "conformance command",
    open: (_, size) => ({
      run: () =>
        promisify(execFile)(
          process.execPath,
          [
            "--conditions=@engenho/source",
            "packages/conformance/src/cli/bin.ts",
            subject,
            ...(size === "tiny" ? ["--filter", "CORE-001"] : []),
          ],
          { cwd: root },
        ),
    }),
  };
}

export const conformanceCases: readonly BenchCase[] = [
  {
    name: "suite on in-memory",
    measures: "seconds",
    operations: { full: 1, small: 1, tiny: 1 },
    rounds: { full: 5, small: 1, tiny: 1 },
    subject: judging("packages/conformance/subjects/in-memory.ts"),
    bar: { atMost: 5 },
  },
  {
    name: "suite on filesystem",
    measures: "seconds",
    operations: { full: 1, small: 1, tiny: 1 },
    rounds: { full: 3, small: 1, tiny: 1 },
    subject: judging("packages/backend-fs/conformance.ts"),
    bar: { atMost: 30 },
  },
];
