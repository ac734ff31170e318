/** A root laid out by the Rust implementation: names as they are, payloads as integer arrays, no format. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ResourceRef } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { failureOf, makeDirectory, open, podManifest, podRef, stateOf } from "./support.ts";

/** CBOR's head of a major type, for counts below 65,536. */
function head(major: number, count: number): number[] {
  const type = major << 5;
  if (count < 24) return [type | count];
  return count < 256 ? [type | 24, count] : [type | 25, count >> 8, count & 0xff];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...head(3, bytes.length), ...bytes];
}

/** An envelope as serde and ciborium write it: every payload byte an integer of its own. */
function rustEnvelope(ref: ResourceRef, payload: Uint8Array): Uint8Array {
  const namespace = ref.namespace === undefined ? [0xf6] : text(ref.namespace);
  const reference = [
    ...head(5, 3),
    ...text("kind"),
    ...text(ref.kind),
    ...text("name"),
    ...text(ref.name),
  ];
  return new Uint8Array([
    ...head(5, 2),
    ...text("ref"),
    ...reference,
    ...text("namespace"),
    ...namespace,
    ...text("payload"),
    ...head(4, payload.length),
    ...[...payload].flatMap((byte) => head(0, byte)),
  ]);
}

const names = ["nginx", "a/b", "c/d/e", "with space", "a%2Fb", "Ünï"];

function rustRoot(): string {
  const root = makeDirectory();
  const meta = '{\n  "format_version": 1,\n  "face_name": "kubernetes"\n}';
  writeFileSync(join(root, "_meta.json"), meta);
  const put = (path: string, ref: ResourceRef, payload: Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), rustEnvelope(ref, payload));
  };
  for (const name of names) put(`Pod/default/${name}.envelope`, podRef(name), podManifest(name));
  put("Node/_cluster/n1.envelope", { kind: "Node", name: "n1" }, new Uint8Array([0, 255]));
  writeFileSync(join(root, "Pod/default/nginx.envelope.tmp"), "left by a crash");
  return root;
}

describe("a root laid out by the Rust implementation", () => {
  test("opens with everything in it, and stays as it is", async () => {
    const root = rustRoot();
    const backend = await open(root, { faceName: "kubernetes" });
    expect(backend.resourceCount()).toBe(names.length + 1);
    for (const name of names) {
      expect((await backend.get(podRef(name), "yaml")).body).toEqual(podManifest(name));
      const native = await backend.get(podRef(name), "native");
      expect(native.body).toEqual(rustEnvelope(podRef(name), podManifest(name)));
    }
    await backend.close();
    expect(existsSync(join(root, "Pod/default/a/b.envelope"))).toBe(true);
    expect(readFileSync(join(root, "Pod/default/nginx.envelope.tmp"), "utf8")).toBe(
      "left by a crash",
    );
  });

  test("a write moves a file to its place", async () => {
    const root = rustRoot();
    const backend = await open(root);
    await backend.apply("yaml", podManifest("with space", "new"));
    await backend.apply("yaml", podManifest("a%2Fb", "new"));
    await backend.apply("yaml", podManifest("a/b", "new"));
    await backend.delete(podRef("Ünï"));
    const expected = await stateOf(backend);
    await backend.close();
    const files = readdirSync(join(root, "Pod/default")).filter((name) =>
      name.endsWith(".envelope"),
    );
    expect(files.sort()).toEqual([
      "a%252Fb.envelope",
      "a%2Fb.envelope",
      "nginx.envelope",
      "with%20space.envelope",
    ]);
    expect(readdirSync(join(root, "Pod/default/a"))).toEqual([]);
    expect(await stateOf(await open(root))).toBe(expected);
  });

  test("a file in another reference's place is not overwritten", async () => {
    const root = rustRoot();
    const backend = await open(root);
    const failure = await failureOf(backend.apply("yaml", podManifest("a/b", "new")));
    expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
    expect(failure.message).toContain("a%2Fb.envelope");
    await backend.delete(podRef("a/b"));
    await backend.close();
    const reopened = await open(root);
    expect(reopened.resourceCount()).toBe(names.length);
    expect((await reopened.get(podRef("a%2Fb"), "yaml")).body).toEqual(podManifest("a%2Fb"));
  });

  test("a directory that becomes a symbolic link is not reached through", async () => {
    const root = rustRoot();
    const outside = makeDirectory();
    const backend = await open(root);
    renameSync(join(root, "Pod/default/c/d"), join(outside, "d"));
    rmdirSync(join(root, "Pod/default/c"));
    symlinkSync(outside, join(root, "Pod/default/c"));
    for (const write of [
      backend.apply("yaml", podManifest("c/d/e", "2")),
      backend.delete(podRef("c/d/e")),
    ]) {
      expect(await failureOf(write)).toMatchObject({ code: "conflict", outcome: "none" });
    }
    expect(readdirSync(join(outside, "d"))).toEqual(["e.envelope"]);
  });

  test("a restore puts everything in its place", async () => {
    const root = rustRoot();
    const backend = await open(root);
    const before = await stateOf(backend);
    await backend.restore(await backend.snapshot());
    await backend.close();
    const reopened = await open(root);
    expect(await stateOf(reopened)).toBe(before);
    expect(readdirSync(join(root, "Pod/default/a"))).toEqual([]);
  });
});
