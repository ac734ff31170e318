/** SIZES.md: writes the measured sizes, and reads them back. */

import type { Sizes } from "./package-sizes.ts";

const PACKAGES = [
  ...["package", "tarball kB", "unpacked kB", "files"],
  ...["direct dependencies", "packages installed", "installed kB"],
];
const DEPENDENCIES = ["dependency", "version", "used by", "packages", "kB", "why it is there"];

/** The page, as oxfmt would lay it out but for the width of columns. */
export function writeSizesPage({ packages, dependencies }: Sizes): string {
  return `# Sizes

What each published package costs those who install it, as \`npm run sizes -- --write\` measured it on Linux x64
with the versions of the lockfile. A kB is 1,000 bytes of files; "installed" is the package and everything that
comes with it. A test fails when dependencies differ, or a size by more than 10 %.

${table(
  PACKAGES,
  packages.map((each) => [
    `\`${each.name}\``,
    kB(each.tarballBytes),
    kB(each.unpackedBytes),
    String(each.files),
    each.direct.map((name) => `\`${name}\``).join(", "),
    String(each.packages),
    kB(each.installedBytes),
  ]),
)}
Sources and source maps are published too, so that a debugger and "go to definition" lead to what was written:
they are most of the unpacked size, and nothing of what is loaded.

## Why each dependency is there

${table(
  DEPENDENCIES,
  dependencies.map((each) => [
    `\`${each.name}\``,
    each.version,
    each.usedBy.map((name) => `\`${name}\``).join(", "),
    String(each.packages),
    kB(each.installedBytes),
    each.reason,
  ]),
)}`;
}

/** The cells of the page's tables, each row under its first cell. */
export function readSizesPage(page: string): ReadonlyMap<string, readonly string[]> {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map((row) => [row[0] ?? "", row]));
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  // What ends in a unit or counts leans right.
  const rule = header.map((cell) => (/kB|files|packages/.test(cell) ? "---:" : "---"));
  return [header, rule, ...rows].map(line).join("");
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0);
}
