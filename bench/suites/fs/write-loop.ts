/** The floor of durable writes: a loop in C, compiled when the suite is loaded. */

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Contestant } from "../../src/bench-case.ts";
import { makeDirectory } from "./directories.ts";

const program = compile();

/** The loop on as many threads; undefined, and said aloud, where there is no compiler. */
export function writeLoop(threads: number): Contestant | undefined {
  if (program === undefined) return undefined;
  return {
    name: `C: open, write, fsync, rename, fsync of the directory; ${threads} at once`,
    open: (operations) => {
      let directory = "";
      let figure = 0;
      return {
        before: () => {
          directory = makeDirectory();
          mkdirSync(join(directory, "d"));
        },
        run: async () => {
          const args = [directory, String(threads), String(operations)];
          figure = Number((await promisify(execFile)(program, args)).stdout);
        },
        figure: () => figure,
      };
    },
  };
}

function compile(): string | undefined {
  const source = fileURLToPath(new URL("write-loop.c", import.meta.url));
  const directory = mkdtempSync(join(tmpdir(), "engenho-bench-cc-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  const target = join(directory, "write-loop");
  try {
    execFileSync("cc", ["-O2", "-pthread", "-o", target, source], { stdio: "pipe" });
    return target;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`fs: there is no floor of durable writes: cc cannot compile it: ${reason}`);
    return undefined;
  }
}
