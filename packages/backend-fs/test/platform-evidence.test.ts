/** What filesystems really do is found out, leaves no trace, and keeps stores from where they cannot be. */

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { obstacles } from "../src/evidence/admission.ts";
import { gatherEvidence } from "../src/evidence/gather-evidence.ts";
import type { StorePathEvidence } from "../src/evidence/platform-evidence.ts";
import { letterCaseOf } from "../src/evidence/probes.ts";
import { lockRoot } from "../src/root-lock.ts";
import { fillUp, mountFilesystem } from "./mounted-filesystem.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

async function evidenceOf(root: string): Promise<StorePathEvidence> {
  const lock = await lockRoot(root);
  try {
    return (await gatherEvidence(root)).storePath;
  } finally {
    await lock.release();
  }
}

const sound = {
  fileSync: "accepted",
  directorySync: "accepted",
  renameOver: "replaces",
  noFollow: "refuses-links",
  hardLinks: "made",
  positionalReads: "exact",
  fileTimes: "microseconds",
  nameBytes: 255,
  letterCase: "distinct",
  unicode: "distinct",
} as const;

test("diagnostics report evidence and admission, and nothing is left of the probes", async () => {
  const root = makeDirectory();
  const before = Date.now();
  const { platform } = (await open(root)).diagnostics();
  expect(platform).toEqual({
    evidence: {
      observedAt: expect.any(Number),
      host: { platform: process.platform, monotonicClock: "process-local" },
      storePath: expect.objectContaining(sound),
    },
    admission: {
      durability: "power-loss",
      persistence: "assured",
      replacement: "rename",
      links: "refused",
    },
    profile: null,
    untried: [],
  });
  const { observedAt } = (platform as { evidence: { observedAt: number } }).evidence;
  expect(observedAt).toBeGreaterThanOrEqual(before);
  expect(readdirSync(root).sort()).toEqual(["_lock", "_meta.json"]);
});

test("a tmpfs takes every sync, and power loss leaves nothing of it", async ({ skip }) => {
  const root = await mountFilesystem("tmpfs", skip);
  const evidence = await evidenceOf(root);
  expect(evidence).toEqual({ ...sound, filesystem: "tmpfs", storage: "memory" });
  expect(obstacles(evidence, "process")).toEqual([]);
  expect(obstacles(evidence, "power-loss")).toEqual([
    "lies in memory, of which a loss of power leaves nothing",
  ]);
  expect((await failureOf(open(root))).code).toBe("unsupported");
  await open(root, { durability: "process" });
});

test("an exFAT folds case: no store can be there, nor can two resources meet in one file", async ({
  skip,
}) => {
  const root = await mountFilesystem("exfat", skip);
  expect(await evidenceOf(root)).toMatchObject({
    filesystem: "fuse",
    letterCase: "folded",
    noFollow: "no-links",
    hardLinks: "refused",
    renameOver: "replaces",
  });
  const failure = await failureOf(open(root));
  expect(failure).toMatchObject({ code: "unsupported", outcome: "none", retryable: false });
  expect(failure.reason).toContain(
    `the filesystem of ${root} (fuse) does not tell upper from lower case, so that two resources would share a file`,
  );
  expect(readdirSync(root)).toEqual(["_lock"]);
});

test("an exFAT folds case whatever its lock file is called", async ({ skip }) => {
  const root = await mountFilesystem("exfat", skip);
  writeFileSync(join(root, "_LOCK"), "");
  expect(await letterCaseOf(root, "_lock")).toBe("folded"); // all that a full disk lets be asked
  expect(await evidenceOf(root)).toMatchObject({ letterCase: "folded" });
  expect((await failureOf(open(root, { durability: "process" }))).code).toBe("unsupported");
  expect(readdirSync(root)).toEqual(["_LOCK"]);
});

test("an ext4 with small inodes keeps seconds: no revision would come back", async ({ skip }) => {
  const root = await mountFilesystem("ext4 with small inodes", skip);
  expect(await evidenceOf(root)).toMatchObject({ filesystem: "ext", fileTimes: "coarse" });
  const failure = await failureOf(open(root));
  expect(failure.code).toBe("unsupported");
  expect(failure.reason).toContain("does not keep the times of files to the microsecond");
});

test("a store that is moved to where case folds is refused as it is", async ({ skip }) => {
  const root = await mountFilesystem("exfat", skip);
  mkdirSync(join(root, "Pod"));
  writeFileSync(join(root, "_meta.json"), '{"format_version":1,"face_name":"engenho"}');
  writeFileSync(join(root, "Pod/kept"), "mine");
  expect((await failureOf(open(root))).code).toBe("unsupported");
  expect(readFileSync(join(root, "Pod/kept"), "utf8")).toBe("mine");
  expect(readdirSync(root).sort()).toEqual(["Pod", "_lock", "_meta.json"]);
});

test("a full disk says what it can, and opens", async ({ skip }) => {
  const root = await mountFilesystem("tmpfs", skip);
  const backend = await open(root, { durability: "process" });
  await backend.apply("yaml", podManifest("kept"));
  await backend.close();
  fillUp(root);
  // Directories and links of a tmpfs take no block of it, contents do.
  const { platform } = (await open(root, { durability: "process" })).diagnostics();
  expect(platform).toMatchObject({
    evidence: {
      storePath: { fileSync: "unknown", directorySync: "accepted", letterCase: "distinct" },
    },
    admission: { replacement: "unproven" },
  });
});

test("a second lock file in capitals is no folding", async () => {
  const root = makeDirectory();
  await (await open(root)).close();
  writeFileSync(join(root, "_LOCK"), "");
  expect(await evidenceOf(root)).toMatchObject({ letterCase: "distinct" });
});

const probing = ".engenho-probe";

test("what a process that was killed while probing has left is cleared away", async () => {
  const root = makeDirectory();
  mkdirSync(join(root, probing));
  for (const name of ["file", "hard-link", "n".repeat(255), "é", "é"]) {
    writeFileSync(join(root, probing, name), "");
  }
  symlinkSync("file", join(root, probing, "symbolic-link"));
  await open(root);
  expect(readdirSync(root).sort()).toEqual(["_lock", "_meta.json"]);
});

test.each(["notes", "file/notes"])("somebody's own %s there is left alone", async (path) => {
  const root = makeDirectory();
  const mine = join(root, probing, path);
  mkdirSync(join(mine, ".."), { recursive: true });
  writeFileSync(mine, "mine");
  const failure = await failureOf(open(root));
  expect(failure.code).toBe("conflict");
  expect(failure.message).toContain(join(root, probing));
  expect(readFileSync(mine, "utf8")).toBe("mine");
});

test("a symbolic link there is not followed", async () => {
  const root = makeDirectory();
  const outside = makeDirectory();
  writeFileSync(join(outside, "file"), "mine");
  symlinkSync(outside, join(root, probing));
  expect((await failureOf(open(root))).code).toBe("conflict");
  expect(readFileSync(join(outside, "file"), "utf8")).toBe("mine");
});

test.each<[keyof StorePathEvidence, string]>([
  ["letterCase", "folded"],
  ["renameOver", "refused"],
  ["noFollow", "follows-links"],
  ["nameBytes", "143"],
  ["fileTimes", "coarse"],
])("without %s %s there is no store, however little it promises", (fact, value) => {
  const path = { ...sound, filesystem: "ext", storage: "disk", [fact]: value } as StorePathEvidence;
  expect(
    obstacles({ ...path, ...(fact === "nameBytes" ? { nameBytes: 143 } : {}) }, "process"),
  ).toHaveLength(1);
});

test.each<[keyof StorePathEvidence, string]>([
  ["fileSync", "refused"],
  ["directorySync", "refused"],
  ["storage", "memory"],
])("with %s %s there is no store that survives a loss of power", (fact, value) => {
  const path = { ...sound, filesystem: "ext", storage: "disk", [fact]: value } as StorePathEvidence;
  expect(obstacles(path, "process")).toEqual([]);
  expect(obstacles(path, "power-loss")).toHaveLength(1);
});
