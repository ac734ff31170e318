/** What becomes of the operating system's errors: something that a person can act on, said once. */

import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { getSystemErrorName } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { fileOperations } from "../src/file-operations.ts";
import { fsError } from "../src/fs-error.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { ObservedOperations } from "./observed-operations.ts";
import { diskOver, failureOf, makeDirectory, open, openOver, podManifest } from "./support.ts";

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

test("what keeps a file from being made is told with where it is made", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  const file = join(root, "Pod/default/web.envelope");
  for (const [operation, way] of [
    ["create", ` by way of ${join(root, "_tmp/0")}`],
    ["rename", ""],
  ] as const) {
    observed.arm({ at: operation, errno: "EACCES" });
    const { reason } = await failureOf(backend.apply("yaml", podManifest("web")));
    expect(reason).toContain(`: cannot write ${file}${way}: permission denied (EACCES)`);
  }
});

test.runIf(process.platform === "linux")("a root where nothing can be made is no bug", async () => {
  const failure = await failureOf(open("/proc/engenho/store"));
  expect(failure).toMatchObject({ code: "unsupported", retryable: false, outcome: "none" });
  expect(failure.reason).toBe(
    "cannot make the directory /proc/engenho: nothing can be made in /proc; choose another root",
  );
});

test.each([
  ["EDQUOT", 122, "no_space"],
  ["ESTALE", 116, "unavailable"],
  ["EUCLEAN", 117, "unavailable"],
  ["EBADMSG", 74, "unavailable"],
  ["EREMOTEIO", 121, "unavailable"],
  ["EHOSTDOWN", 112, "unavailable"],
  ["ENOTCONN", 107, "unavailable"],
  ["ETIMEDOUT", 110, "unavailable"],
])("%s is told by its name, whatever Node calls it", (errno, number, code) => {
  const error = Object.assign(new Error("told"), { code: getSystemErrorName(-number) });
  const failure = fsError(error, "open /srv/a");
  expect(failure.code).toBe(code);
  expect(failure.reason).toMatch(new RegExp(`^cannot open /srv/a: .* \\(${errno}\\)$`));
});

test("an error that is not known says its errno once", () => {
  const words = "EBUSY: resource busy or locked, open '/srv/a'";
  const error = Object.assign(new Error(words), { code: "EBUSY" });
  expect(fsError(error, "open /srv/a").reason).toBe(`cannot open /srv/a: ${words}`);
});
