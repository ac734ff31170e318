/** Packs every published package once, as `pnpm publish` would, for the tests beside this file. */

import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { runCommand } from "../run-command.ts";

export interface PackedPackage {
  readonly name: string;
  /** The path of the tarball. */
  readonly tarball: string;
  /** A directory with what is in the tarball. */
  readonly contents: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    packedPackages: readonly PackedPackage[];
  }
}

/** Called by vitest before the tests of this project; what it returns is called after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const repository = join(import.meta.dirname, "../..");
  const directory = await mkdtemp(join(tmpdir(), "engenho-packed-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true });
  try {
    const packages = globSync(join(repository, "packages/*/package.json")).toSorted();
    const packed = packages.map((path) => packPackage(dirname(path), directory));
    project.provide("packedPackages", await Promise.all(packed));
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

async function packPackage(source: string, directory: string): Promise<PackedPackage> {
  const { name } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const fileName = String(name).replace("@", "").replace("/", "-");
  const tarball = join(directory, `${fileName}.tgz`);
  const contents = join(directory, fileName);
  await mkdir(contents);
  await demand("pnpm", ["pack", "--out", tarball], source);
  await demand("tar", ["-xzf", tarball, "-C", contents, "--strip-components=1"], source);
  return { name, tarball, contents };
}

async function demand(file: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await runCommand(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} in ${cwd} failed:\n${output}`);
}
