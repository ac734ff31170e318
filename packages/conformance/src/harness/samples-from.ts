/** Reads a directory of manifests as samples. */

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ResourceFormat } from "@engenho/sdk";
import type { Sample } from "./subject.ts";

const formats: ReadonlyMap<string, ResourceFormat> = new Map([
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".json", "json"],
  [".hcl", "hcl"],
]);

/**
 * The `*.yaml`, `*.yml`, `*.json` and `*.hcl` files of a directory (a path, or a `file:` URL), by name.
 * Throws Node's own error if it cannot be read.
 *
 * @example
 * samples: samplesFrom(new URL("./manifests", import.meta.url))
 */
export function samplesFrom(directory: string | URL): Sample[] {
  const path = typeof directory === "string" ? directory : fileURLToPath(directory);
  const names = readdirSync(path).sort();
  return names.flatMap((name) => {
    const format = formats.get(extname(name));
    return format === undefined
      ? []
      : [{ name, format, body: new Uint8Array(readFileSync(join(path, name))) }];
  });
}
