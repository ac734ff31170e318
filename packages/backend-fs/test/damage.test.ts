/** Files that cannot be read as resources: named, kept apart, repaired by a write. */

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { failureOf, makeDirectory, open, podManifest, podRef } from "./support.ts";

const damagedPath = "Pod/default/broken.envelope";

/** A store with one resource that is well and one that is truncated. */
async function damagedStore(): Promise<{ readonly root: string; readonly backend: StoreBackend }> {
  const root = makeDirectory();
  const backend = await open(root);
  for (const name of ["well", "broken"]) await backend.apply("yaml", podManifest(name));
  await backend.close();
  truncateSync(join(root, damagedPath), 20);
  return { root, backend: await open(root) };
}

describe("a truncated envelope", () => {
  test("is named by every read that would include it, and by no other", async () => {
    const { root, backend } = await damagedStore();
    const reads = [
      backend.get(podRef("broken"), "yaml"),
      backend.list("Pod", undefined, "yaml"),
      backend.list("Pod", "default", "yaml"),
      backend.watch("Pod", undefined, "yaml"),
      backend.snapshot(),
    ];
    for (const read of reads) {
      const failure = await failureOf(read);
      expect(failure.code).toBe("corrupt");
      expect(failure.message).toContain(join(root, damagedPath));
    }
    expect((await backend.get(podRef("well"), "yaml")).body).toEqual(podManifest("well"));
    expect((await backend.list("Pod", "elsewhere", "yaml")).items).toEqual([]);
    expect(backend.diagnostics().counts).toMatchObject({ resources: 1, damaged: 1 });
  });

  test("is repaired by apply", async () => {
    const { root, backend } = await damagedStore();
    await backend.apply("yaml", podManifest("broken", "new"));
    await backend.close();
    expect((await (await open(root)).list("Pod", undefined, "yaml")).items).toHaveLength(2);
  });

  test("is repaired by delete", async () => {
    const { root, backend } = await damagedStore();
    await backend.delete(podRef("broken"));
    expect((await backend.list("Pod", undefined, "yaml")).items).toHaveLength(1);
    expect(existsSync(join(root, damagedPath))).toBe(false);
  });

  test("is repaired by restore", async () => {
    const { root, backend } = await damagedStore();
    await backend.restore(new Uint8Array([0x80]));
    expect((await backend.list("Pod", undefined, "yaml")).items).toEqual([]);
    expect(readdirSync(join(root, "Pod/default"))).toEqual([]);
  });

  test("at a hashed path is damage of the references that would lie there only", async () => {
    const root = makeDirectory();
    const long = "n".repeat(250);
    const backend = await open(root);
    await backend.apply("yaml", podManifest(long));
    await backend.close();
    const [file = ""] = readdirSync(join(root, "Pod/default"));
    truncateSync(join(root, "Pod/default", file), 3);
    const reopened = await open(root);
    expect((await failureOf(reopened.get(podRef(long), "yaml"))).code).toBe("corrupt");
    expect((await failureOf(reopened.get(podRef("other"), "yaml"))).code).toBe("not_found");
    await reopened.apply("yaml", podManifest(long, "new"));
    expect((await reopened.list("Pod", undefined, "yaml")).items).toHaveLength(1);
  });

  test.each([
    ["apply", (backend: StoreBackend) => backend.apply("yaml", podManifest("a/b", "new")), 1],
    ["delete", (backend: StoreBackend) => backend.delete(podRef("a/b")), 0],
  ])("in another implementation's place is repaired by %s", async (_verb, repair, count) => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default/a"), { recursive: true });
    writeFileSync(join(root, "Pod/default/a/b.envelope"), "cut off");
    const backend = await open(root);
    expect((await failureOf(backend.get(podRef("a/b"), "yaml"))).code).toBe("corrupt");
    expect((await failureOf(backend.get(podRef("b"), "yaml"))).code).toBe("not_found");
    await repair(backend);
    await backend.close();
    const reopened = await open(root);
    expect(reopened.diagnostics().counts).toMatchObject({ resources: count, damaged: 0 });
  });
});

describe("other damage", () => {
  test.each([
    ["nothing", new Uint8Array()],
    ["no CBOR", new TextEncoder().encode("not CBOR")],
    [
      "a traversal",
      encodeEnvelope({ ref: { kind: "Pod", name: "../../x" }, payload: new Uint8Array() }),
    ],
    [
      "an empty name",
      encodeEnvelope({ ref: { kind: "Pod", name: "" }, payload: new Uint8Array() }),
    ],
  ])("a file with %s in it", async (_what, content) => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default"), { recursive: true });
    writeFileSync(join(root, damagedPath), content);
    const backend = await open(root);
    expect((await failureOf(backend.get(podRef("broken"), "yaml"))).code).toBe("corrupt");
    expect(backend.diagnostics().counts).toMatchObject({ resources: 0, damaged: 1 });
  });

  test("a huge file is not read", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default"), { recursive: true });
    writeFileSync(join(root, damagedPath), "");
    truncateSync(join(root, damagedPath), 8 * 1024 ** 4); // sparse: reading it would take 8 TiB
    const backend = await open(root);
    const failure = await failureOf(backend.get(podRef("broken"), "yaml"));
    expect(failure.code).toBe("corrupt");
    expect(failure.message).toContain("8796093022208 bytes");
  });

  test("a fifo does not hang the store", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default"), { recursive: true });
    execFileSync("mkfifo", [join(root, damagedPath)]);
    const backend = await open(root);
    expect(backend.diagnostics()["skipped"]).toEqual({
      count: 1,
      items: [{ path: damagedPath, reason: "not a regular file" }],
    });
  });

  test("two files with one reference are corrupt, both named; apply keeps one", async () => {
    const root = makeDirectory();
    const backend = await open(root);
    await backend.apply("yaml", podManifest("twice"));
    await backend.close();
    mkdirSync(join(root, "Pod/default/copy"));
    const copy = encodeEnvelope({
      ref: podRef("twice"),
      format: "yaml",
      payload: podManifest("twice", "copy"),
    });
    writeFileSync(join(root, "Pod/default/copy/twice.envelope"), copy);

    const reopened = await open(root);
    const failure = await failureOf(reopened.get(podRef("twice"), "yaml"));
    expect(failure.code).toBe("corrupt");
    expect(failure.message).toContain(join(root, "Pod/default/twice.envelope"));
    expect(failure.message).toContain(join(root, "Pod/default/copy/twice.envelope"));

    await reopened.apply("yaml", podManifest("twice", "chosen"));
    await reopened.close();
    const repaired = await open(root);
    expect((await repaired.get(podRef("twice"), "yaml")).body).toEqual(
      podManifest("twice", "chosen"),
    );
    expect(readdirSync(join(root, "Pod/default/copy"))).toEqual([]);
  });

  test("a damaged file is repaired by its own resource only, whatever other names lead to its path", async () => {
    const root = makeDirectory();
    mkdirSync(join(root, "Pod/default"), { recursive: true });
    writeFileSync(join(root, damagedPath), "");
    const backend = await open(root);
    for (const ref of [
      { kind: "Pod", name: "default/broken" },
      { kind: "Pod", name: "./broken", namespace: "default" },
    ]) {
      await backend.apply("native", encodeEnvelope({ ref, payload: new Uint8Array(1) }));
      await backend.delete(ref);
    }
    expect(readFileSync(join(root, damagedPath))).toHaveLength(0);
    expect((await failureOf(backend.get(podRef("broken"), "yaml"))).code).toBe("corrupt");
  });

  test("a damaged file that two names lead to is the one's with the slash in its name", async () => {
    const root = makeDirectory();
    const path = "Pod/default/a/b.envelope"; // `a/b` in default, or `b` in `default/a`
    mkdirSync(join(root, "Pod/default/a"), { recursive: true });
    writeFileSync(join(root, path), "");
    const backend = await open(root);
    const [one, other] = [
      { kind: "Pod", name: "a/b", namespace: "default" },
      { kind: "Pod", name: "b", namespace: "default/a" },
    ];
    await backend.apply("native", encodeEnvelope({ ref: other, payload: new Uint8Array(1) }));
    expect((await failureOf(backend.get(one, "native"))).code).toBe("corrupt");
    expect(existsSync(join(root, path))).toBe(true);
    await backend.apply("native", encodeEnvelope({ ref: one, payload: new Uint8Array(1) }));
    expect(existsSync(join(root, path))).toBe(false);
  });
});
