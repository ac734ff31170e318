/** Builds every package from nothing, so that no file of an earlier build is published. */

import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";

for (const directory of globSync("packages/*/dist")) rmSync(directory, { recursive: true });
process.exitCode = spawnSync("tsc", ["-b"], { stdio: "inherit" }).status ?? 1;
