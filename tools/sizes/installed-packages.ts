/** Follows a package's dependencies through node_modules: all that comes with it. */

import { existsSync, globSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Manifest, readManifest } from "../workspace/published-packages.ts";

/** A package that is installed because another one needs it. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** The path of its directory, links resolved. */
  readonly directory: string;
}

/**
 * What a directory with a package.json depends on at run time, itself left out, each once, by name. An
 * optional dependency counts where this machine has it.
 */
export function installedPackages(directory: string): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const pending = [realpathSync(directory)];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const { name, optional } of dependenciesOf(readManifest(parent))) {
      const place = placeOf(name, parent);
      if (place === undefined) {
        if (optional) continue;
        throw new Error(`${name}, which ${parent} needs, is not installed`);
      }
      if (found.has(place)) continue;
      const { version } = readManifest(place);
      found.set(place, { name, version, directory: place });
      pending.push(place);
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Bytes of all the files of a package, without what is installed inside it. */
export function bytesOf(directory: string): number {
  return globSync("**/*", { cwd: directory, exclude: ["node_modules/**"], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function dependenciesOf(manifest: Manifest): readonly { name: string; optional: boolean }[] {
  const optional = Object.keys(manifest.optionalDependencies ?? {});
  const all = new Set([...Object.keys(manifest.dependencies ?? {}), ...optional]);
  return [...all].map((name) => ({ name, optional: optional.includes(name) }));
}

/** Where Node finds a package for another one: in the nearest node_modules that has it. */
function placeOf(name: string, parent: string): string | undefined {
  for (let at = parent; at !== dirname(at); at = dirname(at)) {
    const place = join(at, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return realpathSync(place);
  }
  return undefined;
}
