/** What each published package costs those who install it. */

import { globSync, statSync } from "node:fs";
import type { PackedPackage } from "../workspace/pack-packages.ts";
import { publishedPackages } from "../workspace/published-packages.ts";
import { bytesOf, installedPackages } from "./installed-packages.ts";
import { reasonFor } from "./reasons.ts";

/** One package and all that comes with it. Bytes are those of files, not of disk blocks. */
interface PackageSize {
  readonly name: string;
  readonly tarballBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
  /** Names of its direct dependencies, in order. */
  readonly direct: readonly string[];
  /** How many packages are installed with it, itself included. */
  readonly packages: number;
  /** Bytes of all of them, unpacked. */
  readonly installedBytes: number;
}

/** One direct dependency that others publish, with what it depends on. */
interface DependencySize {
  readonly name: string;
  readonly version: string;
  /** The packages of this repository that depend on it. */
  readonly usedBy: readonly string[];
  /** How many packages are installed for it, itself included. */
  readonly packages: number;
  /** Bytes of all of them, unpacked. */
  readonly installedBytes: number;
  /** Why it is there. */
  readonly reason: string;
}

/** Both tables. */
export interface Sizes {
  readonly packages: readonly PackageSize[];
  readonly dependencies: readonly DependencySize[];
}

/** Measures what was packed from this checkout, and what its node_modules has for it. */
export function packageSizes(repository: string, packed: readonly PackedPackage[]): Sizes {
  const own = new Map(packed.map((each) => [each.name, each]));
  const packages = publishedPackages(repository).map(({ directory, manifest }): PackageSize => {
    const pack = own.get(manifest.name);
    if (pack === undefined) throw new Error(`${manifest.name} was not packed`);
    const { name, tarball, contents } = pack;
    const installed = installedPackages(directory);
    const unpackedBytes = bytesOf(contents);
    // Of a neighbour counts what is published, not its directory here.
    const bytes = installed.map((each) => bytesOf(own.get(each.name)?.contents ?? each.directory));
    return {
      name,
      tarballBytes: statSync(tarball).size,
      unpackedBytes,
      files: globSync("**/*", { cwd: contents, withFileTypes: true }).filter((e) => e.isFile())
        .length,
      direct: Object.keys(manifest.dependencies ?? {}).toSorted(),
      packages: 1 + installed.length,
      installedBytes: sum([unpackedBytes, ...bytes]),
    };
  });
  const foreign = new Set(
    packages.flatMap(({ direct }) => direct).filter((name) => !own.has(name)),
  );
  const dependencies = [...foreign].toSorted().map((name) => {
    const users = packages.filter(({ direct }) => direct.includes(name));
    return dependencySize(
      repository,
      name,
      users.map((user) => user.name),
    );
  });
  return { packages, dependencies };
}

function dependencySize(
  repository: string,
  name: string,
  usedBy: readonly string[],
): DependencySize {
  const user = publishedPackages(repository).find(({ manifest }) => manifest.name === usedBy[0]);
  const installed = user === undefined ? [] : installedPackages(user.directory);
  const found = installed.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is not installed`);
  const all = [found, ...installedPackages(found.directory)];
  return {
    name,
    version: found.version,
    usedBy,
    packages: all.length,
    installedBytes: sum(all.map(({ directory }) => bytesOf(directory))),
    reason: reasonFor(name),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
