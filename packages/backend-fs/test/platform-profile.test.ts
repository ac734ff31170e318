/** A profile pins evidence and admission: what is not as it says does not open, and nothing is written. */

import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PlatformFindings } from "../src/evidence/examine-platform.ts";
import { encodeProfile, profileOf, readProfile } from "../src/evidence/platform-profile.ts";
import type { OpenReport } from "../src/index.ts";
import { fillUp, mountFilesystem } from "./mounted-filesystem.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

type Content = Record<string, Record<string, unknown>>;

/** The profile of this machine's directories, as data. */
async function observedProfile(): Promise<Content> {
  const backend = await open(makeDirectory());
  const { evidence, admission } = backend.diagnostics()["platform"] as PlatformFindings;
  await backend.close();
  return JSON.parse(encodeProfile(profileOf(evidence, admission))) as Content;
}

/** A file with this content, its fingerprint made right. */
function sealed(content: object): string {
  const { fingerprint_crc32: _, ...rest } = content as Record<string, unknown>;
  return JSON.stringify({ ...rest, fingerprint_crc32: crc32(JSON.stringify(rest)) });
}

function written(text: string | Uint8Array): string {
  const path = join(makeDirectory(), "profile.json");
  writeFileSync(path, text);
  return path;
}

/** Every name below a directory with what must not change of it. */
function listing(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path !== "_lock")
    .map((path) => {
      const { ino, size, mtimeMs } = lstatSync(join(root, path));
      return `${path} ${ino} ${size} ${mtimeMs}`;
    })
    .sort();
}

/** Expects that a root is refused, unreported and with nothing in it touched; once new, once a store with leftovers. */
async function expectRefused(profile: string, code: string): Promise<string> {
  const used = makeDirectory();
  const backend = await open(used);
  await backend.apply("yaml", podManifest("nginx"));
  await backend.close();
  for (const leftover of ["_tmp", "_restore"]) {
    mkdirSync(join(used, leftover));
    writeFileSync(join(used, leftover, "0"), "left over");
  }
  const emptied = makeDirectory();
  await (await open(emptied)).close();
  mkdirSync(join(emptied, "_tmp"));
  let message = "";
  for (const root of [used, emptied, makeDirectory()]) {
    const before = listing(root);
    const reports: OpenReport[] = [];
    const onOpen = (report: OpenReport): number => reports.push(report);
    const failure = await failureOf(open(root, { platformProfile: profile, onOpen }));
    expect(failure).toMatchObject({ code, outcome: "none", retryable: false, verb: "open" });
    expect(failure.message).toContain(profile);
    expect(reports).toEqual([]);
    expect(listing(root)).toEqual(before);
    await (await open(root)).close(); // the lock is free again
    message = failure.reason;
  }
  return message;
}

test("a store opens where all is as its profile has it, and says so", async () => {
  const profile = written(sealed(await observedProfile()));
  const link = join(makeDirectory(), "link.json");
  symlinkSync(profile, link);
  for (const platformProfile of [profile, link]) {
    const backend = await open(makeDirectory(), { platformProfile });
    expect(backend.diagnostics()).toMatchObject({ platform: { profile: platformProfile } });
  }
});

test("the order and the blanks of a profile's file do not matter", async () => {
  const { host, store_path, admission, ...rest } = JSON.parse(
    sealed(await observedProfile()),
  ) as Content;
  const turned = Object.fromEntries(Object.entries(store_path ?? {}).toReversed());
  const text = JSON.stringify({ admission, ...rest, store_path: turned, host }, null, 8);
  const backend = await open(makeDirectory(), { platformProfile: written(text) });
  expect(backend.resourceCount()).toBe(0);
});

test.each([
  ["is missing", () => join(makeDirectory(), "missing.json"), "no such file"],
  ["is a directory", () => makeDirectory(), "not a regular file"],
  ["is empty", () => written(""), "not JSON"],
  ["is cut off", () => written("{not json"), "not JSON"],
  ["is no object", () => written("[]"), "not a JSON object"],
  ["is not UTF-8", () => written(new Uint8Array([0x22, 0xff, 0x22])), "not JSON"],
  ["is endless", () => "/dev/zero", "not a regular file"],
  ["is too large", () => written(`${" ".repeat(70_000)}{}`), "more than 65536"],
])("a profile that %s is invalid", async (_, make, reason) => {
  expect(await expectRefused(make(), "profile_invalid")).toContain(reason);
});

test("a profile that says something twice is invalid", async () => {
  const text = sealed(await observedProfile());
  const doubled = [
    text.replace('"host":{', '"host":{"platform":"plan9","monotonic_clock":"x"},"host":{'),
    text.replace('"unicode":', '"\\u0075nicode" : "folded","unicode":'),
  ];
  for (const each of doubled) {
    const failure = await failureOf(readProfile(written(each)));
    expect(failure.code).toBe("profile_invalid");
    expect(failure.reason).toContain("it says something twice");
  }
});

const edits: readonly [string, (content: Content) => object, string][] = [
  ["is of another version", (content) => ({ ...content, schema_version: 2 }), "schema_version 2"],
  ["has a field too many", (content) => ({ ...content, mmap: {} }), '"mmap"'],
  [
    "has a fact too many",
    ({ host, ...rest }) => ({ ...rest, host: { ...host, cores: 2 } }),
    '"host.cores"',
  ],
  ["lacks a section", (content) => ({ ...content, host: undefined }), "no object host"],
  [
    "lacks a fact",
    ({ host, ...rest }) => ({ ...rest, host: { platform: host?.["platform"] } }),
    "host.monotonic_clock is missing",
  ],
  [
    "says what cannot be",
    (content) => edited(content, "store_path", { hard_links: "some" }),
    '"some"',
  ],
  [
    "leaves a fact open",
    (content) => edited(content, "store_path", { unicode: "unknown" }),
    '"unknown"',
  ],
  [
    "stores a tmpfs on a disk",
    (content) => edited(content, "store_path", { filesystem: "tmpfs", storage: "disk" }),
    "contradicts itself",
  ],
  [
    "admits a filesystem that folds case",
    (content) => edited(content, "store_path", { letter_case: "folded" }),
    "contradicts itself",
  ],
  [
    "admits links that nothing refuses",
    (content) => edited(content, "admission", { links: "absent" }),
    "contradicts itself",
  ],
  [
    "promises power loss without persistence",
    (content) => edited(content, "admission", { persistence: "not-promised" }),
    "contradicts itself",
  ],
];

test.each(edits)("a profile that %s is invalid", async (_, edit, reason) => {
  const profile = written(sealed(edit(await observedProfile())));
  expect(await expectRefused(profile, "profile_invalid")).toContain(reason);
});

test("a profile of which any byte is changed is invalid, or says the same", async () => {
  const text = new TextEncoder().encode(sealed(await observedProfile()));
  const root = makeDirectory();
  const change = fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(change, async ([at, by]) => {
      const changed = text.slice();
      changed[at] = (changed[at] ?? 0) ^ by;
      const failure = await failureOf(open(root, { platformProfile: written(changed) }));
      expect(failure.code).toBe("profile_invalid");
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["store_path", { unicode: "folded" }, 'store_path.unicode is "distinct", not "folded"'],
  ["host", { platform: "plan9" }, `host.platform is "${process.platform}", not "plan9"`],
  ["store_path", { hard_links: "refused" }, 'store_path.hard_links is "made", not "refused"'],
])("a profile with another %s is a mismatch: %j", async (section, fields, reason) => {
  const profile = written(sealed(edited(await observedProfile(), section, fields)));
  expect(await expectRefused(profile, "profile_mismatch")).toContain(reason);
});

test("a profile of another filesystem is a mismatch that names it", async ({ skip }) => {
  const profile = written(sealed(await observedProfile()));
  const root = await mountFilesystem("tmpfs", skip);
  const failure = await failureOf(open(root, { platformProfile: profile, durability: "process" }));
  expect(failure.code).toBe("profile_mismatch");
  expect(failure.reason).toContain('store_path.filesystem is "tmpfs"');
  expect(readdirSync(root)).toEqual(["_lock"]);
});

test("a refused profile does not make a root that was not there", async () => {
  const directory = makeDirectory();
  const root = join(directory, "new/store");
  const failure = await failureOf(open(root, { platformProfile: written("{}") }));
  expect(failure.code).toBe("profile_invalid");
  expect(readdirSync(directory)).toEqual([]);
});

test("a full disk is held to its profile by what can be found out", async ({ skip }) => {
  const root = await mountFilesystem("tmpfs", skip);
  const first = await open(root, { durability: "process" });
  const { evidence, admission } = first.diagnostics()["platform"] as PlatformFindings;
  await first.apply("yaml", podManifest("kept"));
  await first.close();
  const text = encodeProfile(profileOf(evidence, admission));
  fillUp(root);
  const platformProfile = written(text);
  const full = await open(root, { durability: "process", platformProfile });
  expect(full.diagnostics()).toMatchObject({
    counts: { resources: 1 },
    platform: {
      profile: platformProfile,
      untried: expect.arrayContaining(["store_path.file_sync", "admission.replacement"]),
    },
  });
  await full.close();
  const another = written(
    sealed(edited(JSON.parse(text) as Content, "host", { platform: "plan9" })),
  );
  const failure = await failureOf(open(root, { durability: "process", platformProfile: another }));
  expect(failure.code).toBe("profile_mismatch");
  expect(failure.reason).toMatch(/has it: host\.platform is "[^"]+", not "plan9"$/);
});

test("a profile that an earlier release has written is read", async () => {
  const path = fileURLToPath(new URL("vectors/linux-ext.profile.json", import.meta.url));
  expect(encodeProfile(await readProfile(path))).toBe(readFileSync(path, "utf8"));
});

function edited(content: Content, section: string, fields: object): Content {
  return { ...content, [section]: { ...content[section], ...fields } };
}
