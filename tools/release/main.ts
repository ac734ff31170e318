/** Publishes what the registry lacks, or with `--dry-run` shows what the next release would be. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { publicationTable } from "./publication-table.ts";
import { rehearseRelease } from "./rehearse-release.ts";
import { whyNotYet } from "./why-not-yet.ts";

const repository = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } });

if (values["dry-run"]) {
  const copy = mkdtempSync(join(tmpdir(), "engenho-release-"));
  try {
    const publications = await rehearseRelease(repository, copy);
    for (const line of publicationTable(publications)) console.log(line);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
} else {
  const reasons = await whyNotYet(repository);
  for (const reason of reasons) console.error(reason);
  if (reasons.length > 0) process.exitCode = 1;
  else {
    const publish = spawnSync("changeset", ["publish"], { cwd: repository, stdio: "inherit" });
    process.exitCode = publish.status ?? 1;
  }
}
