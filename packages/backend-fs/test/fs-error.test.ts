/** What becomes of the operating system's errors: something that a person can act on, said once. */

import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileOperations } from "../src/file-operations.ts";
import { fsError } from "../src/fs-error.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { diskOver, failureOf, makeDirectory, open, podManifest } from "./support.ts";

test("a directory that others remove again and again is a conflict that a retry may end", async () => {
  const root = makeDirectory();
  let isRemoving = true;
  const disk = diskOver({
    ...fileOperations,
    rename: (from, to) => {
      if (isRemoving && to.endsWith(".envelope")) rmSync(dirname(to), { recursive: true });
      return fileOperations.rename(from, to);
    },
  });
  const backend = await openFsBackend({ root, externalWrites: true }, disk);
  onTestFinished(() => backend.close());
  const failure = await failureOf(backend.apply("yaml", podManifest("web")));
  expect(failure).toMatchObject({ code: "conflict", retryable: true, outcome: "none" });
  expect(failure.reason).toMatch(/removed a directory meanwhile; try again \(ENOENT\)$/);
  expect(failure.reason.match(/ENOENT/g)).toHaveLength(1);
  isRemoving = false;
  await backend.apply("yaml", podManifest("web"));
  expect(backend.resourceCount()).toBe(1);
});

test.runIf(process.platform === "linux")("a root where nothing can be made is no bug", async () => {
  const failure = await failureOf(open("/proc/engenho/store"));
  expect(failure).toMatchObject({ code: "unsupported", retryable: false, outcome: "none" });
  expect(failure.reason).toBe(
    "cannot make the directory /proc/engenho: nothing can be made in /proc; choose another root",
  );
});

test("an error that is not known says its errno once", () => {
  const words = "EBUSY: resource busy or locked, open '/srv/a'";
  const error = Object.assign(new Error(words), { code: "EBUSY" });
  expect(fsError(error, "open /srv/a").reason).toBe(`cannot open /srv/a: ${words}`);
});
