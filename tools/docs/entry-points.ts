/** Finds what the published packages export, in their own package.json files. */

import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** One import path of a published package, and the source behind it. */
export interface EntryPoint {
  /** As users write it: `@engenho/sdk/stub`. */
  readonly specifier: string;
  /** The name of its package: `@engenho/sdk`. */
  readonly packageName: string;
  /** The path of its source. */
  readonly source: string;
  /** The path of its package's README, for the package's main entry point. */
  readonly readme: string | undefined;
}

/** The fields of a package.json that are looked at. */
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Every entry point of every package below `packages` that is published. */
export function entryPoints(repository: string): readonly EntryPoint[] {
  return globSync(join(repository, "packages/*/package.json"))
    .toSorted()
    .flatMap((path) => ofPackage(dirname(path), JSON.parse(readFileSync(path, "utf8"))));
}

function ofPackage(directory: string, manifest: Manifest): readonly EntryPoint[] {
  const { name: packageName, exports } = manifest;
  if (manifest.private === true) return [];
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return []; // package.json itself
    const source = target["@engenho/source"];
    const specifier = posix.join(packageName, subpath);
    if (source === undefined) throw new Error(`${specifier} names no source`);
    const readme = subpath === "." ? join(directory, "README.md") : undefined;
    return [{ specifier, packageName, source: join(directory, source), readme }];
  });
}
