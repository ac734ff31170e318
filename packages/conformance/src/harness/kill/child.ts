/** The process that is killed: `node child.js <module> <directory> <seed>`, the script on its standard input. */

import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deserialize } from "node:v8";
import { errorLine } from "../error-line.ts";
import { loadSubject } from "../load-subject.ts";
import { runScript, type Script } from "./script.ts";

const [module = "", directory = "", seed = ""] = process.argv.slice(2);
const script = deserialize(readFileSync(0)) as Script;
try {
  const subject = await loadSubject(fileURLToPath(module));
  if (subject.reopen === undefined) throw new Error("the subject has no reopen()");
  const context = { directory, seed: Number(seed), step: () => {} };
  await runScript(
    await subject.reopen(context),
    script,
    // Written before anything else happens: what is acknowledged here, the parent knows.
    (client) => void writeSync(3, `${client}\n`),
    () => void process.kill(process.pid, "SIGKILL"),
  );
} catch (error) {
  console.error(errorLine(error));
}
process.exit(1);
