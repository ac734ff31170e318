/** Finds what the published packages export, in their own package.json files. */

import { join, posix } from "node:path";
import { type PublishedPackage, publishedPackages } from "../workspace/published-packages.ts";

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

/** Every entry point of every package that is published. */
export function entryPoints(repository: string): readonly EntryPoint[] {
  return publishedPackages(repository).flatMap(ofPackage);
}

function ofPackage({ directory, manifest }: PublishedPackage): readonly EntryPoint[] {
  const { name: packageName, exports } = manifest;
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return []; // package.json itself
    const source = target["@engenho/source"];
    const specifier = posix.join(packageName, subpath);
    if (source === undefined) throw new Error(`${specifier} names no source`);
    const readme = subpath === "." ? join(directory, "README.md") : undefined;
    return [{ specifier, packageName, source: join(directory, source), readme }];
  });
}
