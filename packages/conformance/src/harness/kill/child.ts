/**
 * The process that is killed: `node child.js <module> <directory> <seed>`. It reads its script from descriptor 4 and
 * answers on 3; its standard input tells it, by its end, that nobody is there any more to kill it.
 */

import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deserialize } from "node:v8";
import { errorLine } from "../error-line.ts";
import { loadSubject } from "../load-subject.ts";
import { runScript, type Script } from "./script.ts";

const [module = "", directory = "", seed = ""] = process.argv.slice(2);
const end = (): void => void process.kill(process.pid, "SIGKILL");
process.stdin.on("end", end).on("error", end).resume().unref();
const script = deserialize(readFileSync(4)) as Script;
try {
  const subject = await loadSubject(fileURLToPath(module));
  if (subject.reopen === undefined) throw new Error("the subject has no reopen()");
  const context = { directory, seed: Number(seed), step: () => {} };
  await runScript(
    await subject.reopen(context),
    script,
    // Written before anything else happens: what is acknowledged here, the parent knows.
    (client) => void writeSync(3, `${client}\n`),
    end,
  );
  throw new Error("the script was over before it was killed");
} catch (error) {
  writeSync(3, `error ${errorLine(error)}\n`);
}
process.exit(1);
