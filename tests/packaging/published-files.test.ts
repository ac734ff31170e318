/** What a tarball holds: all that its exports need, and nothing else. */

import { describe, expect, inject, test } from "vitest";
import { publishedFiles } from "./published-files.ts";

describe.each(inject("packedPackages"))("$name", ({ contents }) => {
  const { manifest, files, entryPoints, reachable, missingSources } = publishedFiles(contents);

  test("has the files that a package owes its users", () => {
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "package.json"]));
    expect(manifest.engines).toEqual({ node: ">=22.19" });
    expect(manifest.license).toBe("Apache-2.0");
  });

  test("has nothing that works in the workspace only", () => {
    expect(JSON.stringify(manifest)).not.toMatch(/@engenho\/source|workspace:|catalog:/);
  });

  test("has every file that it exports", () => {
    expect(entryPoints).not.toEqual([]);
    expect(entryPoints.filter((path) => !files.includes(path))).toEqual([]);
  });

  test("has no built module that no export leads to", () => {
    const modules = files.filter((path) => /^dist\/.*\.js$/.test(path));
    expect(modules).not.toEqual([]);
    expect(modules.filter((path) => !reachable.has(path))).toEqual([]);
  });

  test("has the types of every built module", () => {
    const modules = files.filter((path) => /^dist\/.*\.js$/.test(path));
    const untyped = modules.filter((path) => !files.includes(path.replace(/\.js$/, ".d.ts")));
    expect(untyped).toEqual([]);
  });

  test("has every source that its source maps name", () => {
    expect(missingSources).toEqual([]);
  });

  test("has no tests and no leavings of the build", () => {
    const unwanted = /(^|\/)(tests?|fixtures)\/|\.test\.|\.tsbuildinfo$|^tsconfig/;
    expect(files.filter((path) => unwanted.test(path))).toEqual([]);
  });
});
