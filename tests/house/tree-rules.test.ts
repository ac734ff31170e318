/** What the lockfile and the sources may not name. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockfileProblems } from "../../tools/check/lockfile-problems.ts";
import { machinePathProblems } from "../../tools/check/machine-path-problems.ts";
import { sourceFiles } from "../../tools/check/source-files.ts";

test("a lockfile with a download address is refused, with the line", () => {
  const clean = "  yaml@2.9.1:\n    resolution: {integrity: sha512-abc}\n";
  expect(lockfileProblems(clean)).toEqual([]);
  const [problem] = lockfileProblems(`${clean}    tarball: https://packages.example/yaml.tgz\n`);
  expect(problem).toMatch(/^pnpm-lock\.yaml:3: .*packages\.example/);
});

describe("paths of one machine", () => {
  const machine = { checkout: "/srv/me/engenho", home: "/var/people/me" };
  // In two parts, so that this file passes the check that it tests.
  const [home, users, root] = ["/home", "/Users", "/root"];

  test.each([
    `see ${home}/someone/notes`,
    `"${home}/some-one/.config"`,
    `path=${users}/someone/x`,
    `cd ${root}/x`,
    `C:${users.replace("/", "\\")}\\someone`,
    "reads /srv/me/engenho/tools",
    "(/var/people/me/.npmrc)",
  ])("%s is found", (text) => {
    const [problem] = machinePathProblems("docs/a.md", `first\n${text}\n`, machine);
    expect(problem).toMatch(/^docs\/a\.md:2: /);
  });

  test.each([
    `https://example.org${home}/someone/x`,
    `packages${home}/someone/x`,
    "/etc/hosts, /var/lib/engenho, /home, /homework/x/y",
  ])("%s is none", (text) => {
    expect(machinePathProblems("docs/a.md", text, machine)).toEqual([]);
  });

  test("a checkout right below the root does not make its name a forbidden word", () => {
    const container = { checkout: "/app", home: "/" };
    expect(machinePathProblems("a.md", "put it in /app/data", container)).toEqual([]);
  });
});

test("the tree is what is written by hand, dot files included", () => {
  const root = mkdtempSync(join(tmpdir(), "engenho-tree-"));
  try {
    for (const directory of ["src", "node_modules/a", "a/dist", ".git", "reports"]) {
      mkdirSync(join(root, directory), { recursive: true });
      writeFileSync(join(root, directory, "file.ts"), "");
    }
    writeFileSync(join(root, ".dot"), "");
    writeFileSync(join(root, "a.tgz"), "");
    expect(sourceFiles(root)).toEqual([".dot", "src/file.ts"]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
