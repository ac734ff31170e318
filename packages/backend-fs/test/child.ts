/** A process of its own that opens a root: `node child.ts <hold|write|inspect|race|script|script-journal> <root>`; says what it finds. */

import { once } from "node:events";
import { openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { BackendError, type StoreBackend } from "@engenho/sdk";
import { createFsBackend } from "../src/index.ts";
import { podManifest } from "./manifest.ts";
import { logFile, type ScriptStep, scriptSteps, snapshotFile } from "./script.ts";

const tasks: Readonly<Record<string, (backend: StoreBackend) => Promise<void>>> = {
  async hold(backend) {
    console.log("open");
    process.stdin.resume();
    process.stdin.on("end", () => void backend.close());
  },
  async write(backend) {
    console.log("open");
    for (let count = 0; ; count++) {
      const write = async (name: string): Promise<void> => {
        await backend.apply("yaml", podManifest(name, String(count)));
        console.log(`${name} ${count}`);
      };
      await Promise.all(["a", "b", "c"].map(write));
    }
  },
  async inspect(backend) {
    const { counts, damaged } = backend.diagnostics();
    const ref = { kind: "Pod", name: "a", namespace: "default" };
    const get = await codeOf(backend.get(ref, "yaml"));
    const list = await codeOf(backend.list("Pod", undefined, "yaml"));
    const listDefault = await codeOf(backend.list("Pod", "default", "yaml"));
    const apply = await codeOf(
      backend.apply("yaml", podManifest("a", "2")).then(({ operation }) => operation),
    );
    const restore = await codeOf(backend.restore(new Uint8Array([0x80])));
    console.log(
      JSON.stringify({
        resources: counts.resources,
        damaged,
        get,
        list,
        listDefault,
        apply,
        restore,
      }),
    );
    await backend.close();
  },
};

/** Waits for a line of input, writes as the script says, and notes in a file what it was told of each step. */
async function script(root: string, journal: boolean): Promise<void> {
  const snapshot = readFileSync(snapshotFile(root));
  const backend = await createFsBackend({ root, journal });
  const log = openSync(logFile(root), "w");
  let length = 0;
  const note = (line: object): void => {
    // At a position, which is pwrite(2): the test makes write(2) fail.
    length += writeSync(log, `${JSON.stringify(line)}\n`, length);
  };
  console.log("open");
  await once(process.stdin, "data");
  const act = async ({ name, text }: ScriptStep): Promise<void> => {
    if (name === undefined) await backend.restore(snapshot);
    else if (text === undefined) await backend.delete({ kind: "Pod", name, namespace: "default" });
    else await backend.apply("yaml", podManifest(name, text));
  };
  for (const steps of scriptSteps) {
    const ends = steps.map(async (step) => {
      note({ begun: step });
      try {
        await act(step);
        note({ done: step });
      } catch (error) {
        const { code, outcome } = BackendError.from(error);
        note({ failed: step, code, outcome });
      }
    });
    await Promise.all(ends);
  }
  process.exit();
}

/** For each line of input, tries to open the root, says how that ended, and closes it at the next line. */
async function race(root: string): Promise<void> {
  let backend: StoreBackend | undefined;
  console.log("ready");
  for await (const name of createInterface({ input: process.stdin })) {
    if (backend !== undefined) await backend.close();
    backend = undefined;
    if (name !== "close") {
      const opening = createFsBackend({ root: `${root}/${name}` });
      const said = await codeOf(opening.then((opened) => void (backend = opened)));
      console.log(said === "done" ? "open" : said);
    } else console.log("closed");
  }
}

/** How a verb ended: what it resolved with, if that is text, or its error's code. */
async function codeOf(result: Promise<unknown>): Promise<string> {
  try {
    const value = await result;
    return typeof value === "string" ? value : "done";
  } catch (error) {
    return BackendError.is(error) ? error.code : String(error);
  }
}

const [task = "", root = ""] = process.argv.slice(2);
try {
  if (task === "race") await race(root);
  else if (task.startsWith("script")) await script(root, task === "script-journal");
  else await tasks[task]?.(await createFsBackend({ root }));
} catch (error) {
  console.log(BackendError.is(error) ? error.code : String(error));
}
