/** `_meta.json`: written once, checked ever after. */

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFsBackend } from "../src/index.ts";
import { failureOf, makeDirectory, open } from "./support.ts";

const metaOf = (root: string): unknown =>
  JSON.parse(readFileSync(join(root, "_meta.json"), "utf8"));

describe("a new root", () => {
  test("is made with all that it lies in, private to its owner, and says what it is", async () => {
    const root = join(makeDirectory(), "a/b/store");
    await open(root);
    expect(metaOf(root)).toEqual({ format_version: 1, face_name: "engenho" });
    expect(statSync(root).mode & 0o077).toBe(0);
  });

  test("carries the face's name, which must match from then on", async () => {
    const root = makeDirectory();
    await (await open(root, { faceName: "kubernetes" })).close();
    expect(metaOf(root)).toEqual({ format_version: 1, face_name: "kubernetes" });
    await (await open(root)).close();
    await (await open(root, { faceName: "kubernetes" })).close();
    const failure = await failureOf(open(root, { faceName: "nomad" }));
    expect(failure.code).toBe("conflict");
    expect(failure.message).toContain('"kubernetes"');
    expect(failure.message).toContain('"nomad"');
  });
});

describe("an existing _meta.json", () => {
  test("keeps keys that are not ours", async () => {
    const root = makeDirectory();
    const text = '{"note": [1], "format_version": 1, "face_name": "f"}';
    writeFileSync(join(root, "_meta.json"), text);
    await (await open(root)).close();
    expect(readFileSync(join(root, "_meta.json"), "utf8")).toBe(text);
  });

  test.each([
    ["nothing", ""],
    ["half of it", '{"format_version": 1, "fa'],
    ["no object", "[1]"],
    ["null", "null"],
    ["no version", '{"face_name": "f"}'],
    ["a version as text", '{"format_version": "1", "face_name": "f"}'],
    ["no face", '{"format_version": 1}'],
    ["a face that is no text", '{"format_version": 1, "face_name": 7}'],
    ["invalid UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["a megabyte", " ".repeat(1_000_000)],
  ])("with %s in it is corrupt, and stays as it is", async (_what, content) => {
    const root = makeDirectory();
    writeFileSync(join(root, "_meta.json"), content);
    const failure = await failureOf(open(root));
    expect(failure).toMatchObject({ code: "corrupt", outcome: "none", verb: "open" });
    expect(failure.message).toContain(join(root, "_meta.json"));
    expect(readFileSync(join(root, "_meta.json"))).toEqual(Buffer.from(content as string));
  });

  test("of another version is unsupported, and says which", async () => {
    const root = makeDirectory();
    writeFileSync(join(root, "_meta.json"), '{"format_version": 999, "face_name": "old"}');
    const failure = await failureOf(open(root));
    expect(failure.code).toBe("unsupported");
    expect(failure.message).toContain("format version 999; this release reads 1");
  });

  test("that is a directory is a conflict", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "_meta.json"));
    expect((await failureOf(open(root))).code).toBe("conflict");
  });
});

test.each([
  undefined,
  null,
  {},
  { root: 1 },
  { root: "" },
  { root: "a\0b" },
  { root: "x", faceName: 1 },
  { root: "x", platformProfile: "" },
  { root: "x", onOpen: "yes" },
  { root: "x", onProgress: 1 },
  { root: "x", externalWrites: "yes" },
  { root: "x", externalWrites: true, journal: true },
  { root: "x", externalWrites: { rescanMs: 0 } },
  { root: "x", externalWrites: { rescanMs: 2 ** 31 } },
])("the options %j are a TypeError", async (options) => {
  await expect(createFsBackend(options as never)).rejects.toBeInstanceOf(TypeError);
});
