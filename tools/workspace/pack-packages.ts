/** Packs packages as `pnpm publish` would. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { demand } from "./demand.ts";
import { type PublishedPackage, publishedPackages } from "./published-packages.ts";

/** A package as its users get it. */
export interface PackedPackage {
  readonly name: string;
  /** The path of the tarball. */
  readonly tarball: string;
  /** A directory with what is in the tarball. */
  readonly contents: string;
}

/** Packs every published package of a checkout that is built into this directory. */
export function packPackages(repository: string, target: string): Promise<PackedPackage[]> {
  return Promise.all(publishedPackages(repository).map((each) => packPackage(each, target)));
}

async function packPackage(source: PublishedPackage, target: string): Promise<PackedPackage> {
  const { name } = source.manifest;
  const fileName = name.replace("@", "").replace("/", "-");
  const tarball = join(target, `${fileName}.tgz`);
  const contents = join(target, fileName);
  await mkdir(contents);
  await demand("pnpm", ["pack", "--out", tarball], source.directory);
  await demand("tar", ["-xzf", tarball, "-C", contents, "--strip-components=1"], target);
  return { name, tarball, contents };
}
