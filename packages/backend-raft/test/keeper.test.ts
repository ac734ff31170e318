/** Programs that end with this process, and when they are asked to. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startKept } from "../src/member/keeper.ts";
import { expectGone, makeDirectory } from "./member-support.ts";

/** Of a process: its parent, and its children. */
function familyOf(pid: number): { readonly parent: number; readonly children: readonly number[] } {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return {
    parent: Number(rest.split(" ")[1]),
    children: children === "" ? [] : children.split(" ").map(Number),
  };
}

test("a program is ended though nobody reads any more that it is to end", async () => {
  const logFile = join(makeDirectory(), "log");
  const kept = await startKept(["/bin/sleep", "1000"], { environment: process.env, logFile });
  onTestFinished(() => kept.stop());
  const { pid = 0 } = kept;
  const keeper = familyOf(pid).parent;
  const readers = (): readonly number[] => familyOf(keeper).children.filter((each) => each !== pid);
  await expect.poll(readers).toHaveLength(1);
  for (const reader of readers()) process.kill(reader, "SIGKILL");
  await kept.stop();
  expect(await kept.ended).toBe("SIGKILL");
  await expectGone(pid);
}, 30_000);
