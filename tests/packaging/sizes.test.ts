/** SIZES.md is as measured: the same dependencies, and sizes that are off by 10 % at most. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { packageSizes } from "../../tools/sizes/package-sizes.ts";
import { pageDifferences } from "../../tools/sizes/page-differences.ts";
import { writeSizesPage } from "../../tools/sizes/sizes-page.ts";

const repository = join(import.meta.dirname, "../..");
const here = `${process.platform}-${process.arch}`;

test("every package and dependency stands in SIZES.md as it is", async ({ skip }) => {
  skip(here !== "linux-x64" && process.env["CI"] !== "true", `native parts differ on ${here}`);
  const committed = await readFile(join(repository, "SIZES.md"), "utf8");
  const sizes = packageSizes(repository, inject("packedPackages"));
  expect(sizes.packages).not.toEqual([]);
  const differences = pageDifferences(committed, writeSizesPage(sizes));
  expect(differences, "npm run sizes -- --write brings SIZES.md up to date").toEqual([]);
});

test("what differs is told: a size, a version, a package that is new, one that is gone", () => {
  const page = (rows: readonly string[]): string => rows.map((row) => `| ${row} |\n`).join("");
  const committed = page(["`a` | 100 | 1.0.0", "`b` | 50.0 | `yaml`", "`c` | 1 | x"]);
  const measured = page(["`a` | 109 | 1.0.1", "`b` | 56.0 | `yaml`", "`d` | 1 | x"]);
  expect(pageDifferences(committed, committed)).toEqual([]);
  expect(pageDifferences(committed, measured)).toEqual([
    "`c` is gone",
    "`a`: 1.0.0 is 1.0.1 now",
    "`b`: 50.0 is 56.0 now",
    "`d` is new",
  ]);
});
