/** Symbolic links and other things in the way: an error or a stated skip, and nothing outside is touched. */

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { encodeEnvelope } from "@engenho/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { disk } from "../src/disk.ts";
import { openRoot } from "../src/open-root.ts";
import { failureOf, makeDirectory, open, podManifest, podRef, stateOf } from "./support.ts";

const envelope = (name: string): Uint8Array =>
  encodeEnvelope({ ref: podRef(name), format: "yaml", payload: podManifest(name) });

/** A directory outside of every root, with a file that looks like a resource. */
function makeOutside(): string {
  const outside = makeDirectory();
  mkdirSync(join(outside, "default"));
  writeFileSync(join(outside, "default/secret.envelope"), envelope("secret"));
  return outside;
}

describe("a symbolic link", () => {
  test.each(["Pod", "Pod/default", "Pod/default/nginx.envelope"])(
    "at %s is neither followed nor replaced",
    async (place) => {
      const root = makeDirectory();
      const outside = makeOutside();
      mkdirSync(join(root, place, ".."), { recursive: true });
      symlinkSync(
        place.endsWith(".envelope") ? join(outside, "default/secret.envelope") : outside,
        join(root, place),
      );
      const backend = await open(root);
      expect(backend.resourceCount()).toBe(0);
      expect(backend.diagnostics()["skipped"]).toEqual({
        count: 1,
        items: [{ path: place, reason: "a symbolic link" }],
      });

      const failure = await failureOf(backend.apply("yaml", podManifest("nginx")));
      expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
      expect(failure.message).toContain(join(root, place));
      const source = await open(makeDirectory());
      await source.apply("yaml", podManifest("nginx"));
      expect((await failureOf(backend.restore(await source.snapshot()))).code).toBe("conflict");

      expect(readdirSync(outside)).toEqual(["default"]);
      expect(readFileSync(join(outside, "default/secret.envelope"))).toEqual(
        Buffer.from(envelope("secret")),
      );
      await backend.apply(
        "yaml",
        new TextEncoder().encode("apiVersion: v1\nkind: Node\nmetadata: {name: free}\n"),
      );
    },
  );

  test("that takes a directory's place while the store is open is noticed", async () => {
    const root = makeDirectory();
    const outside = makeOutside();
    const backend = await open(root);
    await backend.apply("yaml", podManifest("nginx"));
    renameSync(join(root, "Pod"), join(root, "_moved"));
    symlinkSync(outside, join(root, "Pod"));
    expect((await failureOf(backend.apply("yaml", podManifest("new")))).code).toBe("conflict");
    expect((await failureOf(backend.delete(podRef("nginx")))).code).toBe("conflict");
    expect(readdirSync(join(outside, "default"))).toEqual(["secret.envelope"]);
  });

  test("in place of the directory of a second file keeps the first from being replaced", async () => {
    const root = makeDirectory();
    const outside = makeOutside();
    for (const place of ["Pod/default", "Pod/def%61ult"]) {
      mkdirSync(join(root, place), { recursive: true });
      writeFileSync(join(root, place, "nginx.envelope"), envelope("nginx"));
    }
    const backend = await open(root);
    renameSync(join(root, "Pod/def%61ult"), join(root, "_moved"));
    symlinkSync(outside, join(root, "Pod/def%61ult"));
    const failure = await failureOf(backend.apply("yaml", podManifest("nginx", "new")));
    expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
    expect(readFileSync(join(root, "Pod/default/nginx.envelope"))).toEqual(
      Buffer.from(envelope("nginx")),
    );
  });

  test("in place of a directory is not read through when one resource is read again", async () => {
    const root = makeDirectory();
    const { driver } = await openRoot(root, { durability: "process" }, disk);
    onTestFinished(() => driver.close());
    symlinkSync(makeOutside(), join(root, "Pod"));
    await expect(driver.read(podRef("secret"))).rejects.toMatchObject({ code: "conflict" });
  });

  test.each(["_tmp", "_restore"])("at %s is refused, its target not emptied", async (name) => {
    const root = makeDirectory();
    const outside = makeOutside();
    await (await open(root)).close();
    symlinkSync(outside, join(root, name));
    expect((await failureOf(open(root))).code).toBe("conflict");
    expect(readdirSync(outside)).toEqual(["default"]);
  });

  test("at _meta.json is refused", async () => {
    const root = makeDirectory();
    const elsewhere = join(makeDirectory(), "meta");
    writeFileSync(elsewhere, '{"format_version":1,"face_name":"other"}');
    symlinkSync(elsewhere, join(root, "_meta.json"));
    expect((await failureOf(open(root))).code).toBe("conflict");
  });

  test("is followed once where it is the root itself", async () => {
    const directory = makeDirectory();
    const [first, second] = ["first", "second"].map((name) => join(directory, name)) as [
      string,
      string,
    ];
    mkdirSync(first);
    mkdirSync(second);
    const link = join(directory, "link");
    symlinkSync(first, link);
    const backend = await open(link);
    rmSync(link);
    symlinkSync(second, link);
    await backend.apply("yaml", podManifest("nginx"));
    expect(readdirSync(second)).toEqual([]);
    expect(readdirSync(join(first, "Pod/default"))).toEqual(["nginx.envelope"]);
  });

  test("to nothing is no root", async () => {
    const directory = makeDirectory();
    symlinkSync(join(directory, "nowhere"), join(directory, "link"));
    expect((await failureOf(open(join(directory, "link")))).code).toBe("conflict");
  });
});

describe("something else in the way", () => {
  test("a file where a directory belongs is a conflict", async () => {
    const root = makeDirectory();
    writeFileSync(join(root, "Pod"), "mine");
    const backend = await open(root);
    const failure = await failureOf(backend.apply("yaml", podManifest("nginx")));
    expect(failure).toMatchObject({ code: "conflict", outcome: "none" });
    expect(failure.message).toContain(join(root, "Pod"));
    expect(readFileSync(join(root, "Pod"), "utf8")).toBe("mine");
  });

  test("a directory where a file belongs is a conflict, and restore refuses it before it changes anything", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default/nginx.envelope/inside"), { recursive: true });
    const backend = await open(root);
    await backend.apply("yaml", podManifest("other"));
    const before = await stateOf(backend);
    expect((await failureOf(backend.apply("yaml", podManifest("nginx")))).code).toBe("conflict");
    const source = await open(makeDirectory());
    await source.apply("yaml", podManifest("nginx"));
    expect(await failureOf(backend.restore(await source.snapshot()))).toMatchObject({
      code: "conflict",
      outcome: "none",
    });
    expect(await stateOf(backend)).toBe(before);
    expect(readdirSync(root)).not.toContain("_restore");
  });

  test("a root that is a file is refused", async () => {
    const file = join(makeDirectory(), "file");
    writeFileSync(file, "mine");
    for (const root of [file, join(file, "below")]) {
      const failure = await failureOf(open(root));
      expect(failure.code).toBe("conflict");
      expect(failure.message).toContain(file);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  test("foreign files are left alone, by a restore too, and named", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default"), { recursive: true });
    mkdirSync(join(root, ".private"));
    const foreign = [
      "README",
      "loose.envelope",
      "Pod/default/nginx.envelope.bak",
      ".private/x.envelope",
    ];
    for (const path of foreign) writeFileSync(join(root, path), "mine");
    const backend = await open(root);
    expect(backend.diagnostics()["skipped"]).toEqual({
      count: 4,
      items: [
        { path: ".private", reason: "a hidden name" },
        { path: "Pod/default/nginx.envelope.bak", reason: "not a resource" },
        { path: "README", reason: "not a resource" },
        { path: "loose.envelope", reason: "not a resource" },
      ],
    });
    await backend.apply("yaml", podManifest("nginx"));
    await backend.restore(new Uint8Array([0x80]));
    expect(backend.resourceCount()).toBe(0);
    for (const path of foreign) expect(readFileSync(join(root, path), "utf8")).toBe("mine");
  });

  test("a foreign _tmp without a _meta.json is not emptied", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "_tmp"));
    const kept = mkdtempSync(join(root, "_tmp/mine-"));
    expect((await failureOf(open(root))).code).toBe("conflict");
    expect(readdirSync(join(kept, ".."))).toHaveLength(1);
  });

  test.each(["_tmp", "_restore"])(
    "a kind %s of another implementation is refused, not emptied",
    async (kind) => {
      const root = makeDirectory();
      await (await open(root)).close();
      const path = join(root, kind, "default/x.envelope");
      mkdirSync(join(root, kind, "default"), { recursive: true });
      writeFileSync(path, "mine");
      const failure = await failureOf(open(root));
      expect(failure.code).toBe("conflict");
      expect(failure.message).toContain(join(root, kind, "default"));
      expect(readFileSync(path, "utf8")).toBe("mine");
    },
  );

  test("any other kind that begins with _ is loaded", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "_Kind/default"), { recursive: true });
    const ref = { kind: "_Kind", name: "x", namespace: "default" };
    const bytes = encodeEnvelope({ ref, payload: new Uint8Array(1) });
    writeFileSync(join(root, "_Kind/default/x.envelope"), bytes);
    const backend = await open(root);
    expect((await backend.get(ref, "native")).body).toEqual(bytes);
    await backend.restore(await backend.snapshot());
    await backend.close();
    expect((await open(root)).resourceCount()).toBe(1);
  });
});
