/** Saves a catalog to a path without end, a line of output for each, until it is killed. */

import { writeSync } from "node:fs";
import { CatalogSnapshot } from "@engenho/sdk/sealed";

const [, , path] = process.argv;
if (path === undefined) throw new Error("no path is given");
const filling = "x".repeat(300_000);
for (let index = 1n; ; index++) {
  await new CatalogSnapshot({ index: Number(index), filling }, index).saveTo(path);
  writeSync(1, `${index}\n`);
}
