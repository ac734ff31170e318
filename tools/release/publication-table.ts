/** The next release as a table for people. */

import { align } from "../../packages/conformance/src/cli/align.ts";
import type { Publication } from "./rehearse-release.ts";

/** One line for each package, in the order in which they would be published. */
export function publicationTable(publications: readonly Publication[]): string[] {
  if (publications.length === 0) return ["Nothing would be published."];
  const rows = publications.map(({ name, from, version, access, tarballBytes, files }) => [
    name,
    from,
    version,
    access,
    (tarballBytes / 1000).toFixed(1),
    String(files.length),
    files.includes("CHANGELOG.md") ? "yes" : "no",
  ]);
  const header = ["package", "from", "to", "access", "tarball kB", "files", "changelog"];
  return align([header, ...rows], [4, 5]);
}
