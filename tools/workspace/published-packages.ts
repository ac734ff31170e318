/** Lists the packages that are published: those below packages/ that are not private. */

import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package.json, as far as the tools look at it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: { readonly access?: string };
  readonly repository?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of this repository. */
export interface PublishedPackage {
  /** The path of its directory. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** By name; a new package is found without being listed anywhere. */
export function publishedPackages(repository: string): readonly PublishedPackage[] {
  return globSync(join(repository, "packages/*/package.json"))
    .map((path) => ({ directory: dirname(path), manifest: readManifest(dirname(path)) }))
    .filter(({ manifest }) => manifest.private !== true)
    .toSorted((a, b) => a.manifest.name.localeCompare(b.manifest.name, "en"));
}

export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
}
