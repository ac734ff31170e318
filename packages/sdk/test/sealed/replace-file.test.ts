/** What reaches the disk in which order, and what is there when any step of it fails or is the last. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CatalogSnapshotError } from "@engenho/sdk/sealed";
import { describe, expect, test } from "vitest";
import { replaceFile } from "../../src/sealed/replace-file.ts";
import { type Fault, ObservedCalls } from "./observed-calls.ts";
import { makeDirectory } from "./support.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Replaces a file, or makes one two directories down, in a directory of its own. */
async function replaceIn(how: "over a file" | "in a new directory", fault?: Fault) {
  const directory = makeDirectory();
  const path = join(directory, how === "over a file" ? "file" : "new/deep/file");
  if (how === "over a file") writeFileSync(path, "old", { mode: 0o640 });
  const observed = new ObservedCalls(directory, fault);
  const failure = await replaceFile(path, bytes("new"), observed.calls).then(
    () => undefined,
    (error: unknown) => error,
  );
  const { steps } = observed;
  return { directory, path, steps, failure };
}

/** The steps without those that change nothing. */
function changes(steps: readonly string[]): string[] {
  return steps.filter((step) => !/^(look|open (?!temporary)|close)/.test(step));
}

test("over a file: its bytes are durable before its name, and its name before it resolves", async () => {
  expect(changes((await replaceIn("over a file")).steps)).toEqual([
    "open temporary",
    "write temporary",
    "chmod temporary",
    "sync temporary",
    "rename temporary → file",
    "sync .",
  ]);
});

test("in a new directory: each directory is durable in its parent first", async () => {
  expect(changes((await replaceIn("in a new directory")).steps)).toEqual([
    "mkdir new",
    "sync .",
    "mkdir new/deep",
    "sync new",
    "open temporary",
    "write temporary",
    "sync temporary",
    "rename temporary → new/deep/file",
    "sync new/deep",
  ]);
});

const found = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, "utf8") : undefined;

const temporaries = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.includes(".tmp"),
  );

describe.each([
  ["over a file" as const, "old"],
  ["in a new directory" as const, undefined],
])("%s", (how, old) => {
  test("dying at any step leaves the old file or the new one, whole", async () => {
    const { steps } = await replaceIn(how);
    const states = new Set<string | undefined>();
    for (const [at, step] of steps.entries()) {
      const { path, failure } = await replaceIn(how, { at, die: true });
      const isLast = at === steps.length - 1; // the directory's close
      expect(failure === undefined, step).toBe(isLast);
      expect([old, "new"], step).toContain(found(path));
      states.add(found(path));
    }
    expect(states).toEqual(new Set([old, "new"]));
  });

  test.each(["EIO", "ENOSPC", "EACCES"] as const)(
    "%s at any step is an io error that says so, and leaves no temporary file",
    async (errno) => {
      const { steps } = await replaceIn(how);
      for (const [at, step] of steps.entries()) {
        const { directory, path, failure } = await replaceIn(how, { at, errno });
        expect(temporaries(directory), step).toEqual([]);
        // Nothing is written through a directory: failing to close one is nothing to anybody.
        const isHarmless = step.startsWith("close") && step !== "close temporary";
        const told =
          CatalogSnapshotError.is(failure, "io") && failure.message.includes(`(${errno})`);
        expect(isHarmless ? failure === undefined : told, step).toBe(true);
        const isAfter = at > steps.findIndex((each) => each.startsWith("rename"));
        expect(found(path), step).toBe(isHarmless || isAfter ? "new" : old);
      }
    },
  );
});
