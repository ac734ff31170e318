/** The command `engenho-fs` as it is typed: what it prints, how it ends, and that it leaves nothing behind. */

import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { main } from "../src/cli/main.ts";
import type * as probes from "../src/cli/probe-root.ts";
import { writeWhole } from "../src/cli/write-whole.ts";
import { platformSections } from "../src/cli/platform-sections.ts";
import type { PlatformFindings } from "../src/evidence/examine-platform.ts";
import { fillUp, mountFilesystem } from "./mounted-filesystem.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

const bin = fileURLToPath(new URL("../src/cli/bin.ts", import.meta.url));

interface Run {
  readonly status: number | null;
  readonly output: string;
  readonly complaint: string;
}

function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  options: SpawnSyncOptions = {},
): Run {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const all = ["--conditions=@engenho/source", bin, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    env: { ...inherited, ...environment },
    ...options,
    encoding: "utf8",
  });
  return { status, output: stdout, complaint: stderr };
}

/** A closed store with a resource, a damaged one and a foreign file. */
async function usedRoot(): Promise<string> {
  const root = makeDirectory();
  const backend = await open(root, { faceName: "kubernetes" });
  for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name));
  await backend.close();
  writeFileSync(join(root, "Pod/default/b.envelope"), "torn");
  writeFileSync(join(root, "README"), "mine");
  return root;
}

/** What happens while a directory is probed, by a command that runs in this process. */
const probing = vi.hoisted(() => ({ meanwhile: (): void => {} }));

vi.mock("../src/cli/probe-root.ts", async (importOriginal) => {
  const original = await importOriginal<typeof probes>();
  const probeRoot: typeof probes.probeRoot = (root) => {
    probing.meanwhile();
    return original.probeRoot(root);
  };
  return { ...original, probeRoot };
});

// Each command is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

/** What can be promised wherever tests run: temporary directories may lie in memory. */
const anywhere = ["--durability", "process"];

const profileIn = (directory: string): string => join(directory, "profile.json");

test("bless writes a profile that the store opens by and verify finds true", async () => {
  const root = makeDirectory();
  const profile = profileIn(makeDirectory());
  const asked = [root, "--profile", profile];
  expect(run(["bless", ...asked, ...anywhere])).toMatchObject({ status: 0, complaint: "" });
  expect(run(["verify", ...asked]).status).toBe(0);
  const backend = await open(root, { platformProfile: profile, durability: "process" });
  expect(backend.diagnostics()).toMatchObject({ platform: { profile } });
  expect(readdirSync(root).sort()).toEqual(["_lock", "_meta.json"]);
  await backend.close();
  // The profile says which durability.
  expect(run(["doctor", ...asked]).status).toBe(0);
});

test("bless leaves a profile that is there alone, unless it is forced", () => {
  const root = makeDirectory();
  const profile = profileIn(makeDirectory());
  writeFileSync(profile, "mine");
  const refused = run(["bless", root, "--profile", profile, ...anywhere]);
  expect(refused.status).toBe(2);
  expect(refused.complaint).toBe(`engenho-fs: ${profile} is there already; --force replaces it\n`);
  expect(readFileSync(profile, "utf8")).toBe("mine");
});

test("a file that must not be there gets its name or is refused, on filesystems without links, too", async ({
  skip,
}) => {
  const directory = await mountFilesystem("exfat", skip);
  const path = profileIn(directory);
  await writeWhole(path, "first", false);
  expect((await failureOf(writeWhole(path, "second", false))).code).toBe("conflict");
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(readdirSync(directory)).toEqual(["profile.json"]);
});

test("force replaces no file that appears meanwhile", async () => {
  const [root, profile] = [makeDirectory(), profileIn(makeDirectory())];
  probing.meanwhile = () => writeFileSync(profile, "mine");
  onTestFinished(() => void (probing.meanwhile = () => {}));
  const complaints: string[] = [];
  const status = await main(["bless", root, "--profile", profile, "--force", ...anywhere], {
    print: () => {},
    complain: (line) => void complaints.push(line),
    paint: (_, text) => text,
  });
  expect(status).toBe(2);
  expect(complaints).toEqual([expect.stringContaining(`${profile} is there already`)]);
  expect(readFileSync(profile, "utf8")).toBe("mine");
});

test("force replaces a profile, through a link too, and nothing else", () => {
  const [root, directory] = [makeDirectory(), makeDirectory()];
  const bless = (name: string): Run =>
    run(["bless", root, "--profile", join(directory, name), "--force", ...anywhere]);
  expect(bless("profile.json").status).toBe(0);
  const before = lstatSync(profileIn(directory)).ino;
  symlinkSync("profile.json", join(directory, "link.json"));
  expect(bless("link.json").status).toBe(0);
  expect(lstatSync(join(directory, "link.json")).isSymbolicLink()).toBe(true);
  expect(lstatSync(profileIn(directory)).ino).not.toBe(before);
  writeFileSync(join(directory, "mine"), "mine");
  mkdirSync(join(directory, "directory"));
  for (const name of ["mine", "directory"]) {
    const { status, complaint } = bless(name);
    expect(status).toBe(2);
    expect(complaint).toContain(`${join(directory, name)} is no profile that could be replaced`);
  }
  expect(readFileSync(join(directory, "mine"), "utf8")).toBe("mine");
  expect(readdirSync(directory).sort()).toEqual(["directory", "link.json", "mine", "profile.json"]);
});

test.each(["profile.json", "_meta.json", "new/../_lock"])(
  "bless writes no %s into the directory itself",
  async (name) => {
    const root = makeDirectory();
    await (await open(root)).close();
    mkdirSync(join(root, "new"));
    const before = readFileSync(join(root, "_meta.json"), "utf8");
    const path = `${root}/${name}`;
    const { status } = run(["bless", root, "--profile", path, "--force", ...anywhere]);
    expect(status).toBe(2);
    expect(readFileSync(join(root, "_meta.json"), "utf8")).toBe(before);
    expect(readdirSync(root).sort()).toEqual(["_lock", "_meta.json", "new"]);
  },
);

test("a full disk can be compared in part only, which is 2", async ({ skip }) => {
  const root = await mountFilesystem("tmpfs", skip);
  await (await open(root, { durability: "process" })).close();
  const directory = makeDirectory();
  const asked = [root, "--profile", profileIn(directory)];
  expect(run(["bless", ...asked, ...anywhere]).status).toBe(0);
  fillUp(root);
  const verified = run(["verify", ...asked]);
  expect(verified.status).toBe(2);
  expect(verified.output).toMatch(/store_path\.file_sync +! not tried\n/);
  const looked = run(["doctor", ...asked, "--json"]);
  expect(looked.status).toBe(2);
  expect(JSON.parse(looked.output)).toMatchObject({
    healthy: false,
    problems: [],
    unknown: expect.arrayContaining(["store_path.file_sync could not be tried: the disk is full"]),
  });
  const other = join(directory, "other.json");
  const blessed = run(["bless", root, "--profile", other, ...anywhere]);
  expect(blessed.status).toBe(2);
  expect(blessed.complaint).toContain("no profile can be made of a full disk");
  expect(readdirSync(directory)).toEqual(["profile.json"]);
});

test("verify says which facts differ, and 1", () => {
  const root = makeDirectory();
  const profile = profileIn(makeDirectory());
  run(["bless", root, "--profile", profile, ...anywhere]);
  const other = run(["verify", root, "--profile", profile, "--json"]);
  expect(JSON.parse(other.output)).toEqual({
    root,
    profile,
    matches: true,
    differences: [],
    untried: [],
  });
  writeFileSync(profile, readFileSync(profile, "utf8").replace('"made"', '"refused"'));
  const invalid = run(["verify", root, "--profile", profile]);
  expect(invalid).toMatchObject({ status: 1, output: "" });
  expect(invalid.complaint).toContain("fingerprint_crc32");
});

test("a filesystem in memory keeps nothing through a loss of power", async ({ skip }) => {
  const disk = makeDirectory();
  const profile = profileIn(makeDirectory());
  run(["bless", disk, "--profile", profile, ...anywhere]);
  const root = await mountFilesystem("tmpfs", skip);
  const refused = run(["probe", root, "--json"]);
  expect(refused.status).toBe(1);
  expect(JSON.parse(refused.output)).toMatchObject({
    durability: "power-loss",
    admission: null,
    obstacles: ["lies in memory, of which a loss of power leaves nothing"],
    evidence: { storePath: { filesystem: "tmpfs" } },
  });
  expect(run(["probe", root, "--durability", "process"]).status).toBe(0);
  expect(run(["bless", root, "--profile", profileIn(makeDirectory())]).status).toBe(1);
  const differs = run(["verify", root, "--profile", profile]);
  expect(differs.status).toBe(1);
  expect(differs.output).toMatch(/store_path\.filesystem +✗ "tmpfs", not "/);
});

test("doctor looks at the store too, and 1 says that something is damaged", async () => {
  const root = await usedRoot();
  const { status, output } = run(["doctor", root, ...anywhere]);
  expect(status).toBe(1);
  const damaged = join(root, "Pod/default/b.envelope");
  expect(output).toMatch(/resources +1\n/);
  expect(output).toContain(`✗ ${damaged}: `);
  expect(output).toContain("! README: not a resource");
  expect(output.trimEnd().split("\n").at(-1)).toBe("✗ 1 problem");
  const { problems, store } = JSON.parse(run(["doctor", root, "--json", ...anywhere]).output) as {
    problems: string[];
    store: object;
  };
  expect(problems.filter((problem) => problem.startsWith(damaged))).toHaveLength(1);
  expect(store).toMatchObject({ faceName: "kubernetes", counts: { resources: 1, damaged: 1 } });
});

test.each([
  ["_tmp/notes", "is not the store's"],
  ["_restore/intent.json", "a restore was decided and cannot be finished"],
  ["_journal/1", "has a damaged record"],
])("doctor finds that the store would not open for %s", async (path, why) => {
  const root = makeDirectory();
  await (await open(root)).close();
  mkdirSync(join(root, dirname(path)));
  writeFileSync(join(root, path), "torn");
  writeFileSync(join(root, dirname(path), "2"), "");
  const { status, output } = run(["doctor", root, ...anywhere]);
  expect(output).toMatch(new RegExp(`does not open +✗ ${join(root, path)} .*${why}`));
  expect(status).toBe(1);
  expect((await failureOf(open(root))).message).toContain(why);
});

test("doctor finds that a restore that was decided would be refused", async () => {
  const root = await usedRoot();
  mkdirSync(join(root, "_restore"));
  const intent = { version: 1, put: [], remove: ["Pod/default/a.envelope"] };
  writeFileSync(join(root, "_restore/intent.json"), JSON.stringify(intent));
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  for (const path of ["", "_restore", "_restore/intent.json", "_lock", "_meta.json"])
    chmodSync(join(root, path), 0o777);
  chmodSync(join(root, "Pod/default"), 0o555);
  onTestFinished(() => chmodSync(join(root, "Pod/default"), 0o755));
  const asked = ["doctor", root, ...anywhere, "--json"];
  const refused = run(asked, {}, { ...other, cwd: "/" });
  expect(refused.status).toBe(1);
  const why = `cannot write in the directory ${join(root, "Pod/default")}: permission denied`;
  const { problems } = JSON.parse(refused.output) as { readonly problems: readonly string[] };
  expect(problems).toContainEqual(expect.stringContaining(why));
  // To one who may not write at all, nothing of the kind is said.
  chmodSync(root, 0o555);
  onTestFinished(() => chmodSync(root, 0o755));
  expect(run(asked, {}, { ...other, cwd: "/" }).output).not.toContain(why);
});

test("names of files cannot write on the terminal", async () => {
  const root = await usedRoot();
  writeFileSync(join(root, "x\n\u001b[32m✓ healthy\u202e"), "");
  const { output } = run(["doctor", root, ...anywhere]);
  expect(output).toContain("! x\\u000a\\u001b[32m✓ healthy\\u202e: not a resource\n");
  const { complaint } = run(["probe", "/nowhere\u001b[2J", ...anywhere]);
  expect(complaint).toBe("engenho-fs: there is no directory /nowhere\\u001b[2J\n");
});

test("doctor works while the store is open; probe says who has it, and 2", async () => {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("a"));
  const looked = run(["doctor", root]);
  expect(looked.status).toBe(0);
  expect(looked.output).toMatch(/not tried +! the store /);
  expect(looked.output).toContain(`${root} is open in process ${process.pid}`);
  expect(looked.output).toMatch(/resources +1\n/);
  const probed = run(["probe", root, "--json"]);
  expect(probed.status).toBe(2);
  expect(JSON.parse(probed.output)).toMatchObject({ error: { code: "locked" } });
});

test("doctor reads the profile while the store is open, and says that it was not compared", async () => {
  const root = makeDirectory();
  const profile = profileIn(makeDirectory());
  run(["bless", root, "--profile", profile, ...anywhere]);
  await open(root);
  const looked = run(["doctor", root, "--profile", profile, "--json"]);
  expect(looked.status).toBe(2);
  const { healthy, problems, unknown } = JSON.parse(looked.output) as Record<string, unknown>;
  expect({ healthy, problems }).toEqual({ healthy: false, problems: [] });
  expect(unknown).toEqual([expect.stringContaining(`${profile} was not compared: the store `)]);
  writeFileSync(profile, "garbage");
  const invalid = run(["doctor", root, "--profile", profile]);
  expect(invalid.status).toBe(1);
  expect(invalid.output).toContain(`✗ the profile ${profile} is invalid: it is not JSON`);
});

test("doctor looks at a store that it may only read", async () => {
  const root = await usedRoot();
  chmodSync(join(root, "_lock"), 0o444);
  chmodSync(root, 0o555);
  onTestFinished(() => chmodSync(root, 0o755));
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const asked = ["doctor", root, ...anywhere, "--json"];
  const { status, output } = run(asked, {}, { ...other, cwd: "/" });
  expect(status).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    problems: [expect.stringContaining("b.envelope")],
    platform: { notTried: expect.stringContaining("permission denied") },
    store: { counts: { resources: 1, damaged: 1 } },
  });
});

test("an answer that cannot be written is 2, in one line", () => {
  const full = openSync("/dev/full", "w");
  const { status, complaint } = run(["--help"], {}, { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  expect(status).toBe(2);
  expect(complaint).toMatch(/^engenho-fs: cannot write the answer: ENOSPC.*\n$/);
});

test("what nobody has foreseen is 2, in one line", async () => {
  const complaints: string[] = [];
  const print = (): never => {
    throw new Error("out of paper");
  };
  const complain = (line: string): void => void complaints.push(line);
  const status = await main(["--help"], { print, complain, paint: (_, text) => text });
  expect({ status, complaints }).toEqual({ status: 2, complaints: ["engenho-fs: out of paper"] });
});

test("a filesystem that folds Unicode holds stores: that is no fault", async () => {
  const { evidence } = (await open(makeDirectory())).diagnostics()["platform"] as PlatformFindings;
  const storePath = { ...evidence.storePath, unicode: "folded", letterCase: "folded" } as const;
  const facts = platformSections({ ...evidence, storePath }).flatMap((section) => section.facts);
  const markOf = (label: string): unknown => facts.find((fact) => fact.label === label)?.mark;
  expect(markOf("forms of Unicode")).toBe("note");
  expect(markOf("upper and lower case")).toBe("bad");
});

test("doctor of a directory that is no store says so, and 1: the disk may not be mounted", () => {
  const root = makeDirectory();
  const { status, output } = run(["doctor", root, ...anywhere]);
  expect(status).toBe(1);
  expect(output).toContain(`there is no store in ${root}`);
  expect(output).not.toContain("healthy");
  const { healthy, problems } = JSON.parse(run(["doctor", root, "--json", ...anywhere]).output) as {
    healthy: boolean;
    problems: string[];
  };
  expect(healthy).toBe(false);
  expect(problems).toEqual([`there is no store in ${root}`]);
  expect(readdirSync(root)).toEqual(["_lock"]);
});

test("colours are for terminals, and change nothing but colour", () => {
  const root = makeDirectory();
  const asked = ["probe", root, ...anywhere];
  const plain = run(asked).output;
  expect(plain).toBe(stripVTControlCharacters(plain));
  const coloured = run(asked, { FORCE_COLOR: "1" }).output;
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
  expect(run(asked, { NO_COLOR: "1" }).output).toBe(plain);
});

test("facts stand in columns", () => {
  const { output } = run(["probe", makeDirectory(), ...anywhere]);
  const lines = output
    .split("\n")
    .filter((line) => /^(host|directory|durability| {10,})/.test(line));
  const columns = lines.map((line) => /^.{12}\S.*? {2,}(?=\S)(?:[✓!✗] )?/.exec(line)?.[0].length);
  expect(lines.length).toBeGreaterThan(10);
  expect(new Set(lines.map((line) => line.slice(10, 12)))).toEqual(new Set(["  "]));
  expect(columns).not.toContain(undefined);
});

test.each([
  [[], "no command given"],
  [["cure", "/tmp"], 'there is no command "cure"'],
  [["probe"], "no directory given"],
  [["probe", "a", "b"], "more than one directory"],
  [["verify", "/tmp"], "verify needs --profile FILE"],
  [["probe", "/tmp", "--durability", "forever"], 'not "forever"'],
  [["probe", "/tmp", "--loud"], "--loud"],
  [["probe", "/tmp", "--profile", "p"], "probe has no option --profile"],
  [["verify", "/tmp", "--profile", "p", ...anywhere], "verify has no option --durability"],
  [["verify", "/tmp", "--profile", "p", "--force"], "verify has no option --force"],
  [["doctor", "/tmp", "--force"], "doctor has no option --force"],
  [["doctor", "/tmp", "--profile", ""], "doctor needs --profile FILE"],
  [["doctor", "/tmp", "--profile", "p", ...anywhere], "leave out --durability"],
])("the command line %j is refused with 2", (args, reason) => {
  const { status, output, complaint } = run(args);
  expect({ status, output }).toEqual({ status: 2, output: "" });
  expect(complaint).toContain(reason);
  expect(complaint).toContain("engenho-fs --help");
  expect(complaint.trimEnd().split("\n")).toHaveLength(1);
});

test("what cannot be looked at is 2, in one line, and nothing is made", () => {
  const directory = makeDirectory();
  const missing = join(directory, "missing");
  expect(run(["probe", missing])).toEqual({
    status: 2,
    output: "",
    complaint: `engenho-fs: there is no directory ${missing}\n`,
  });
  writeFileSync(join(directory, "file"), "");
  expect(run(["doctor", join(directory, "file")]).status).toBe(2);
  mkdirSync(join(directory, "store"));
  const nowhere = join(directory, "no/profile.json");
  expect(run(["bless", join(directory, "store"), "--profile", nowhere]).status).toBe(2);
  expect(readdirSync(directory).sort()).toEqual(["file", "store"]);
});

test("--help names every command and what exit statuses mean", () => {
  const { status, output } = run(["--help"]);
  expect(status).toBe(0);
  for (const word of ["doctor", "probe", "verify", "bless", "Exit status: 0"]) {
    expect(output).toContain(word);
  }
});
