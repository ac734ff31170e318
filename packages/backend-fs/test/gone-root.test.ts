/** A root, or a file of the store's own, that somebody moves, removes or replaces while the store is open. */

import { execFileSync } from "node:child_process";
import { cpSync, linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ObservedOperations } from "./observed-operations.ts";
import { failureOf, makeDirectory, open, openOver, podManifest, podRef } from "./support.ts";

const harms: Readonly<Record<string, (root: string) => void>> = {
  "was moved away and copied back": (root) => {
    renameSync(root, `${root}.bak`);
    cpSync(`${root}.bak`, root, { recursive: true, preserveTimestamps: true });
  },
  "was removed": (root) => rmSync(root, { recursive: true }),
  "was removed and made anew": (root) => {
    rmSync(root, { recursive: true });
    mkdirSync(root);
  },
};

test.each(Object.keys(harms))("no write goes to a root that %s", async (how) => {
  const root = join(makeDirectory(), "root");
  const backend = await open(root);
  await backend.apply("yaml", podManifest("nginx"));
  harms[how]?.(root);
  for (const write of [
    () => backend.apply("yaml", podManifest("nginx", "late")),
    () => backend.delete(podRef("nginx")),
  ]) {
    const failure = await failureOf(write());
    expect(failure.code).toBe("unavailable");
    expect(failure.message).toContain(`the root ${root} is gone`);
  }
});

test("two handles never write to one path", async () => {
  const root = join(makeDirectory(), "root");
  const first = await open(root);
  await first.apply("yaml", podManifest("nginx"));
  harms["was moved away and copied back"]?.(root);
  const second = await open(root);
  const { revision } = await second.apply("yaml", podManifest("nginx", "second"));
  expect((await failureOf(first.apply("yaml", podManifest("nginx", "first")))).code).toBe(
    "unavailable",
  );
  await second.close();
  const { items } = await (await open(root)).list("Pod", undefined, "yaml");
  expect(items.map((item) => item.revision)).toEqual([revision]);
});

const replacements: Readonly<Record<string, (path: string, victim: string) => void>> = {
  nothing: () => {},
  "a fifo": (path) => void execFileSync("mkfifo", [path]),
  "another name of a file outside": (path, victim) => linkSync(victim, path),
};

test.each(Object.keys(replacements))(
  "a _meta.json with %s in its place is not written to",
  async (what) => {
    const directory = makeDirectory();
    const root = join(directory, "root");
    const victim = join(directory, "victim");
    writeFileSync(victim, "");
    const before = statSync(victim, { bigint: true }).mtimeNs;
    const backend = await open(root);
    rmSync(join(root, "_meta.json"));
    replacements[what]?.(join(root, "_meta.json"), victim);
    const failure = await failureOf(backend.apply("yaml", podManifest("nginx")));
    expect(failure.code).toBe("unavailable");
    expect(failure.message).toContain("_meta.json was removed or replaced");
    await backend.close();
    expect(statSync(victim, { bigint: true }).mtimeNs).toBe(before);
  },
);

test("a root whose _meta.json belongs to somebody else does not open, and says what to do", async () => {
  const root = makeDirectory();
  await (await open(root)).close();
  const observed = new ObservedOperations();
  observed.arm({ at: "setModified", errno: "EPERM" }); // of a file of another user's
  const failure = await failureOf(openOver(root, observed.operations));
  expect(failure).toMatchObject({ code: "permission_denied", outcome: "none" });
  expect(failure.message).toContain(`${join(root, "_meta.json")} belongs to another user`);
  await openOver(root, observed.operations);
});
