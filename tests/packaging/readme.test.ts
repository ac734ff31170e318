/** What README tells a newcomer to type works as it stands there, in a fresh copy of the repository. */

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../run-command.ts";

const repository = join(import.meta.dirname, "../..");
const readme = await readFile(join(repository, "README.md"), "utf8");
const sdkReadme = await readFile(join(repository, "packages/sdk/README.md"), "utf8");
const [install = "", ...later] = blocks("sh");
const [usage = "", driver = ""] = blocks("ts");

let place: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "engenho-readme-"));
  environment = await newcomersEnvironment();
  const { output } = await runCommand("git", ["ls-files", "-co", "--exclude-standard"], repository);
  for (const path of output.trim().split("\n")) {
    const target = join(place, "engenho-backends", path);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(repository, path), target);
  }
  await mkdir(join(place, "my-backend"));
});

afterAll(() => rm(place, { recursive: true, force: true }));

test("README has the commands and the code that are run here, and no others", () => {
  expect(install).toBe("npm start\nnpm test\n");
  expect(later).toHaveLength(1);
  expect(blocks("ts")).toHaveLength(2);
});

test("the driver in README is the one that is judged under every Node", async () => {
  const judged = await readFile(join(import.meta.dirname, "outside-project/my-backend.ts"), "utf8");
  expect(driver).toBe(judged);
});

// `npm test` is what runs this.
test("npm start installs, judges both backends and prints the table that README shows", async () => {
  const { code, output } = await shell("npm start", "engenho-backends");
  expect(code, output).toBe(0);
  const [shown = ""] = blocks("text");
  for (const line of shown.trim().split("\n")) expect(output).toContain(line);
});

test("a first backend is conformant after the commands that README gives", async () => {
  await writeFile(join(place, "my-backend/my-backend.ts"), driver);
  const { code, output } = await shell(later.join("\n"), "my-backend");
  expect(code, output).toBe(0);
  expect(output).toContain("Conformant: my-backend.");
});

test("the code that uses a backend runs", async () => {
  const root = join(place, "my-cluster");
  const code = usage.replace("/var/lib/my-cluster", root);
  await writeFile(join(place, "my-backend/use.mts"), code);
  const run = await shell("node use.mts", "my-backend");
  expect(run.code, run.output).toBe(0);
  expect(run.output).toContain("added\nbookmark");
});

test.each(blocks("ts", sdkReadme).map((code, at) => [at, code] as const))(
  "the code in the SDK's README runs: block %i",
  async (at, code) => {
    await writeFile(join(place, `my-backend/sdk-${at}.mts`), code);
    const run = await shell(`node sdk-${at}.mts`, "my-backend");
    expect(run.code, run.output).toBe(0);
    const shown = [...code.matchAll(/^console\.log\(.*\/\/ (.*)$/gm)].map(([, output]) => output);
    for (const output of shown) expect(run.output).toContain(output);
  },
);

/** The blocks of code in this language, in order. */
function blocks(language: string, text: string = readme): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(
    ([, code]) => code ?? "",
  );
}

function shell(script: string, directory: string): ReturnType<typeof runCommand> {
  return runCommand("bash", ["-euc", script], join(place, directory), environment);
}

/** Their own npm and settings, and a Node that the packages take. */
async function newcomersEnvironment(): Promise<NodeJS.ProcessEnv> {
  const path = process.env["PATH"]?.split(delimiter) ?? [];
  const outside = path.filter((directory) => !directory.includes("node_modules"));
  const own = { ...process.env, PATH: outside.join(delimiter) };
  // npm looks for its settings beside the Node that runs it, which below is another one.
  const { output } = await runCommand("npm", ["config", "get", "globalconfig"], tmpdir(), own);
  const globalconfig = output.trim().split("\n").at(-1) ?? "";
  const node = dirname(process.execPath);
  return {
    ...own,
    PATH: [node, ...outside].join(delimiter),
    NPM_CONFIG_GLOBALCONFIG: globalconfig,
  };
}
