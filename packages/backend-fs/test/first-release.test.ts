/** Roots that the first release wrote open for good: closed ones, and ones whose process was killed. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { makeDirectory, open } from "./support.ts";

interface Vectors {
  readonly files: Readonly<Record<string, string>>;
  readonly states: readonly {
    readonly state: string;
    readonly beside: Readonly<Record<string, string>>;
    readonly snapshot: string;
  }[];
}

const vectors = new URL("vectors/first-release-roots.json", import.meta.url);
const { files, states } = JSON.parse(readFileSync(vectors, "utf8")) as Vectors;

test.each(states)("$state: every byte is there, before and after a restore", async (vector) => {
  const root = join(makeDirectory(), "root");
  for (const [path, content] of Object.entries({ ...files, ...vector.beside })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), Buffer.from(content, "base64"));
  }
  const snapshotNow = async (): Promise<string> => {
    const backend = await open(root, { faceName: "kubernetes" });
    expect(backend.diagnostics()).toMatchObject({ damaged: [], skipped: { count: 0 } });
    const snapshot = await backend.snapshot();
    await backend.restore(snapshot);
    await backend.close();
    return Buffer.from(snapshot).toString("base64");
  };
  expect(await snapshotNow()).toBe(vector.snapshot);
  expect(await snapshotNow()).toBe(vector.snapshot);
});
