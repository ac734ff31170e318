/** A release, rehearsed in a copy: versions, changelogs, ranges and what would be published. */

import { globSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Publication, rehearseRelease } from "../../tools/release/rehearse-release.ts";
import { whyNotYet } from "../../tools/release/why-not-yet.ts";
import { demand } from "../../tools/workspace/demand.ts";
import { packPackages } from "../../tools/workspace/pack-packages.ts";
import { type Manifest, readManifest } from "../../tools/workspace/published-packages.ts";

const repository = join(import.meta.dirname, "../..");
const changesets = globSync(".changeset/*.md", { cwd: repository }).map(readChangeset);
const bumpKinds = ["major", "minor", "patch"] as const;
const directories = globSync("packages/*", { cwd: repository }).filter(
  (path) =>
    JSON.parse(readFileSync(join(repository, path, "package.json"), "utf8")).private !== true,
);

/** The package.json in a tarball, and a directory with all that is in it. */
interface Packed {
  readonly manifest: Manifest;
  readonly contents: string;
}

let place: string;
let copy: string;
let publications: readonly Publication[];
let packed: ReadonlyMap<string, Packed>;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "engenho-release-"));
  copy = join(place, "copy");
  publications = await rehearseRelease(repository, copy);
  packed = await packCopy("first");
}, 120_000);

afterAll(() => rm(place, { recursive: true, force: true }));

/** Packs the copy as it is now. */
async function packCopy(name: string): Promise<ReadonlyMap<string, Packed>> {
  const target = await mkdtemp(join(place, name));
  const packages = await packPackages(copy, target);
  return new Map(
    packages.map(({ name: key, contents }) => [
      key,
      { manifest: readManifest(contents), contents },
    ]),
  );
}

test("every package that is not private would be published, under its name, to everybody", () => {
  const names = directories.map((path) => readManifest(join(repository, path)).name);
  expect(names).not.toEqual([]);
  expect(publications.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  for (const { name, access } of publications) expect(access, name).toBe("public");
});

describe.each(directories)("%s", (path) => {
  const { name, version: present } = readManifest(join(repository, path));
  const own = changesets.filter(({ bumps }) => bumps.has(name));
  const asked = bumpKinds.find((bump) => own.some(({ bumps }) => bumps.get(name) === bump));

  test("gets the version that its changesets ask for, or one for what its neighbours did", () => {
    const { from, version } = publicationOf(name);
    expect(from).toBe(present);
    const expected =
      asked === undefined ? [present, raise(present, "patch")] : [raise(present, asked)];
    expect(expected).toContain(version);
  });

  test("has a changelog of that version, with the words of each changeset", async () => {
    const { manifest, contents } = packedOf(name);
    const changelog = await readFile(join(contents, "CHANGELOG.md"), "utf8").catch(() => "");
    const owed = own.length === 0 ? [] : [`# ${name}\n\n## ${manifest.version}\n`];
    for (const text of [...owed, ...own.map((changeset) => changeset.text)]) {
      expect(words(changelog)).toContain(words(text));
    }
  });

  test("names no workspace, and takes the versions of its neighbours that go out with it", () => {
    const { manifest } = packedOf(name);
    expect(JSON.stringify(manifest)).not.toMatch(/"(workspace|catalog):/);
    expect(manifest.version).toBe(publicationOf(name).version);
    for (const [dependency, range] of neighbours(manifest)) {
      expect(range, dependency).toBe(`^${packedOf(dependency).manifest.version}`);
    }
  });

  test("would be published with the files of its tarball, changelog and license included", () => {
    const { contents } = packedOf(name);
    const files = globSync("**", { cwd: contents, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(contents, join(entry.parentPath, entry.name)));
    const published = publicationOf(name).files;
    expect(published.toSorted()).toEqual(files.toSorted());
    const owed = [
      "LICENSE",
      "README.md",
      "package.json",
      ...(own.length > 0 ? ["CHANGELOG.md"] : []),
    ];
    expect(published).toEqual(expect.arrayContaining(owed));
  });
});

test("the checkout is as it was, and the copy has no changeset left", async () => {
  expect(globSync(".changeset/*.md", { cwd: copy })).toEqual([]);
  for (const path of directories) {
    const { name, version } = readManifest(join(repository, path));
    expect(publications.find((each) => each.name === name)?.from).toBe(version);
  }
});

test("what is neither in a version nor in git is not published", async () => {
  const reasons = await whyNotYet(copy);
  expect(reasons.join("\n")).toMatch(/not everything is committed/);
  await writeFile(join(copy, ".changeset/more.md"), '---\n"@engenho/sdk": patch\n---\n\nMore.\n');
  expect((await whyNotYet(copy)).join("\n")).toMatch(/^1 changesets are not in a version yet/);
  await rm(join(copy, ".changeset/more.md"));
});

test("a change that others must follow raises them too, and their ranges with them", async () => {
  await demand("git", ["add", "--all"], copy);
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"];
  await demand("git", [...identity, "commit", "--quiet", "--message=Release"], copy);
  const change = '---\n"@engenho/sdk": major\n---\n\nAnother contract.\n';
  await writeFile(join(copy, ".changeset/breaking.md"), change);
  await demand("changeset", ["version"], copy);

  const first = packed;
  const second = await packCopy("second");
  const sdk = packedOf("@engenho/sdk", second).manifest.version;
  expect(sdk).toBe(raise(packedOf("@engenho/sdk", first).manifest.version, "major"));
  const dependents = [...second.values()].filter(({ manifest }) =>
    neighbours(manifest).some(([dependency]) => dependency === "@engenho/sdk"),
  );
  expect(dependents.length).toBe(second.size - 1);
  for (const { manifest } of dependents) {
    const before = packedOf(manifest.name, first).manifest.version;
    expect(manifest.version, manifest.name).toBe(raise(before, "patch"));
    expect(manifest.dependencies?.["@engenho/sdk"]).toBe(`^${sdk}`);
  }
});

function publicationOf(name: string): Publication {
  const found = publications.find((publication) => publication.name === name);
  if (found === undefined) throw new Error(`${name} would not be published`);
  return found;
}

function packedOf(name: string, from: typeof packed = packed): Packed {
  const found = from.get(name);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found;
}

/** The dependencies of a packed package that are packages of this repository. */
function neighbours(manifest: Manifest): readonly (readonly [string, string])[] {
  return Object.entries(manifest.dependencies ?? {}).filter(([name]) =>
    name.startsWith("@engenho/"),
  );
}

/** The text without the indentation that a list in a changelog has. */
function words(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** As semver says; below 1.0.0 a minor is a minor too. */
function raise(version: string, bump: (typeof bumpKinds)[number]): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (bump === "major") return `${major + 1}.0.0`;
  return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** What a changeset says: the front matter's bumps and the text below. */
function readChangeset(path: string): { bumps: ReadonlyMap<string, string>; text: string } {
  const file = readFileSync(join(repository, path), "utf8");
  const [, matter = "", text = ""] = /^---\n(.*?)---\n(.*)$/s.exec(file) ?? [];
  const bumps = [...matter.matchAll(/^["']?(@?[\w/-]+)["']?: (major|minor|patch)$/gm)];
  return {
    bumps: new Map(bumps.map(([, name = "", bump = ""]) => [name, bump])),
    text: text.trim(),
  };
}
