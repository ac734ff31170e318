/** Measures what each package costs its users; `--write` puts it into SIZES.md. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { align } from "../../packages/conformance/src/cli/align.ts";
import { packPackages } from "../workspace/pack-packages.ts";
import { packageSizes } from "./package-sizes.ts";
import { readSizesPage, writeSizesPage } from "./sizes-page.ts";

const repository = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const directory = mkdtempSync(join(tmpdir(), "engenho-sizes-"));
try {
  const page = writeSizesPage(packageSizes(repository, await packPackages(repository, directory)));
  if (values.write) {
    writeFileSync(join(repository, "SIZES.md"), page);
    const format = spawnSync("oxfmt", ["SIZES.md"], { cwd: repository, stdio: "inherit" });
    process.exitCode = format.status ?? 1;
  } else {
    for (const line of align([...readSizesPage(page).values()])) console.log(line);
  }
} finally {
  rmSync(directory, { recursive: true });
}
