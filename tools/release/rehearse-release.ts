/** Goes through a release in a copy of the checkout: everything happens there but the publishing. */

import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { pendingChangesets } from "./pending-changesets.ts";
import { copyRepository, installCopy } from "../workspace/copy-repository.ts";
import { demand } from "../workspace/demand.ts";
import { type Manifest, publishedPackages, readManifest } from "../workspace/published-packages.ts";

/** A package that would be published. */
export interface Publication {
  readonly name: string;
  /** The version that the checkout has. */
  readonly from: string;
  /** The version that would be published. */
  readonly version: string;
  /** Who could install it: `public`, or `restricted` if package.json says nothing. */
  readonly access: string;
  /** Bytes of the tarball. */
  readonly tarballBytes: number;
  /** Paths of the files in the tarball. */
  readonly files: readonly string[];
  /** Its package.json in the copy, after the versions were raised. */
  readonly manifest: Manifest;
}

/** One package in what `pnpm publish --json` writes. */
interface DryRun {
  readonly name: string;
  readonly version: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Nothing listens there: a rehearsal asks no registry. */
const NO_REGISTRY = "http://127.0.0.1:9/";

/**
 * Raises the versions as the changesets say, writes the changelogs and lets pnpm say what it would
 * publish. The checkout must be built; it is left as it is.
 *
 * @param copy An empty directory, where the result can be looked at.
 */
export async function rehearseRelease(repository: string, copy: string): Promise<Publication[]> {
  await copyRepository(repository, copy);
  const before = new Map(publishedPackages(copy).map(({ manifest }) => [manifest.name, manifest]));
  for (const { directory } of publishedPackages(repository)) {
    const built = join("packages", basename(directory), "dist");
    cpSync(join(repository, built), join(copy, built), { recursive: true });
  }
  await installCopy(copy);
  // A changelog names the commit that a changeset came with, which a copy has none of.
  const identity = ["-c", "user.name=release", "-c", "user.email=release@example.invalid"];
  await demand("git", ["init", "--quiet", "--initial-branch=main"], copy);
  await demand("git", ["add", "--all"], copy);
  await demand("git", [...identity, "commit", "--quiet", "--message=Rehearse a release"], copy);

  if (pendingChangesets(copy).length > 0) await demand("changeset", ["version"], copy);
  const environment = { ...process.env, NPM_CONFIG_REGISTRY: NO_REGISTRY };
  const flags = ["--recursive", "--dry-run", "--no-git-checks", "--json"];
  const output = await demand("pnpm", ["publish", ...flags], copy, environment);
  const dryRuns: readonly DryRun[] = JSON.parse(output.slice(output.indexOf("[")));
  return dryRuns.map(({ name, version, size, files }) => {
    const after = publishedPackages(copy).find(({ manifest }) => manifest.name === name);
    if (after === undefined) throw new Error(`pnpm would publish ${name}, which is private`);
    return {
      name,
      from: before.get(name)?.version ?? "none",
      version,
      access: after.manifest.publishConfig?.access ?? "restricted",
      tarballBytes: size,
      files: files.map(({ path }) => path),
      manifest: readManifest(after.directory),
    };
  });
}
