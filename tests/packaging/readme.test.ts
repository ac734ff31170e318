/** What README tells a newcomer to type works as it stands there, in a fresh copy of the repository. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRepository } from "../../tools/workspace/copy-repository.ts";
import { runCommand } from "../run-command.ts";
import { codeBlocks } from "./code-blocks.ts";
import { newcomersEnvironment } from "./newcomers-environment.ts";
import { oldestNode } from "./oldest-node.ts";

const repository = join(import.meta.dirname, "../..");
const readme = await readFile(join(repository, "README.md"), "utf8");
const [install = "", ...later] = blocks("sh");
const [usage = "", driver = ""] = blocks("ts");

let place: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "engenho-readme-"));
  environment = await newcomersEnvironment();
  await copyRepository(repository, join(place, "engenho-backends"));
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

test("the code that uses a backend runs, also on the oldest Node that the packages take", async () => {
  const root = join(place, "my-cluster");
  const code = usage.replace("/var/lib/my-cluster", root);
  await writeFile(join(place, "my-backend/use.mts"), code);
  const run = await shell(`"${oldestNode}" use.mts`, "my-backend");
  expect(run.code, run.output).toBe(0);
  expect(run.output).toContain("added\nbookmark");
});

/** The blocks of code in this language, in order. */
function blocks(language: string): string[] {
  const written = codeBlocks(readme).filter((block) => block.language === language);
  return written.map(({ code }) => code);
}

function shell(script: string, directory: string): ReturnType<typeof runCommand> {
  return runCommand("bash", ["-euc", script], join(place, directory), environment);
}
