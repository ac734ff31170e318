/** What the READMEs of packages and examples tell a stranger to type works as it stands there. */

import { existsSync, globSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { etcd, type EtcdCluster, freePorts, serverForTests, startEtcd } from "@engenho/testbed";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { copyRepository, installCopy } from "../../tools/workspace/copy-repository.ts";
import { publishedPackages, readManifest } from "../../tools/workspace/published-packages.ts";
import { type CodeBlock, codeBlocks } from "./code-blocks.ts";
import { newcomersEnvironment } from "./newcomers-environment.ts";
import { type Reader, runBlock, shownOutput } from "./run-block.ts";

const repository = join(import.meta.dirname, "../..");
/** What is shown and not typed. */
const shownOnly = ["text", "json", "yaml", "hcl", "rust"];

/** Where READMEs have an etcd; without one their blocks are skipped. */
const exampleEndpoint = "http://127.0.0.1:2379";
/** Where they have a node listen for its peers. */
const examplePeer = "http://127.0.0.1:2380";
const server = await serverForTests(etcd);

let cluster: EtcdCluster | undefined;
let peerPort: number | undefined;
let place: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "engenho-readmes-"));
  environment = await newcomersEnvironment();
  if (server === undefined) return;
  cluster = await startEtcd({ server });
  [peerPort] = await freePorts(1);
  environment["PATH"] += `${delimiter}${dirname(server.path)}`;
});

afterAll(async () => {
  await cluster?.close();
  await rm(place, { recursive: true, force: true });
});

describe.each(readmes("packages"))("$path", ({ path, blocks }) => {
  let reader: Reader;

  // A project outside, with nothing installed: the README says how.
  beforeAll(async () => {
    const directory = join(place, dirname(path));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "package.json"), '{ "private": true, "type": "module" }');
    reader = { directory, environment, rewrite: (code) => fromTarballs(inPlace(code)) };
  });

  test("begins with how to install the package, and says which Node it takes", () => {
    expect(blocks[0]?.code).toMatch(/^npm install (--save-dev )?@engenho\//);
    expect(readFileSync(join(repository, path), "utf8")).toContain("Node ≥ 22.19");
  });

  test.for(blocks)("line $line: $language", async (block, { skip }) => {
    const needsEtcd = [exampleEndpoint, examplePeer].some((url) => block.code.includes(url));
    skip(cluster === undefined && needsEtcd, "there is no etcd");
    await expectToWork(block, reader, path);
    await linkVitest(reader.directory);
  });
});

describe("examples", () => {
  let copy: string;

  beforeAll(async () => {
    copy = join(place, "copy");
    await copyRepository(repository, copy);
    for (const built of globSync("packages/*/dist", { cwd: repository })) {
      await cp(join(repository, built), join(copy, built), { recursive: true });
    }
    await installCopy(copy);
  }, 120_000);

  describe.each(readmes("examples"))("$path", ({ path, blocks }) => {
    test.for(blocks)("line $line: $language", async (block, { skip }) => {
      skip(cluster === undefined && path.includes("raft"), "there is no etcd");
      const reader = { directory: join(copy, dirname(path)), environment, rewrite: inPlace };
      await expectToWork(block, reader, path);
    });
  });
});

test.each([...readmes("packages"), ...readmes("examples")])(
  "$path has code in languages that are run or shown, and no others",
  ({ path }) => {
    const all = codeBlocks(readFileSync(join(repository, path), "utf8"));
    const unknown = all.filter(({ language }) => !["ts", "sh", ...shownOnly].includes(language));
    expect(unknown.map(({ line, language }) => `${path}:${line}: ${language}`)).toEqual([]);
  },
);

async function expectToWork(block: CodeBlock, reader: Reader, path: string): Promise<void> {
  const { code, output } = await runBlock(block, reader);
  expect(code, `${path}:${block.line} fails:\n${output}`).toBe(0);
  for (const shown of shownOutput(block)) {
    expect(output, `${path}:${block.line} shows what it does not write`).toContain(shown);
  }
}

/** The READMEs of a folder's members, with the blocks that a reader types. */
function readmes(folder: string) {
  const published = new Set(publishedPackages(repository).map(({ directory }) => directory));
  return globSync(`${folder}/*/README.md`, { cwd: repository })
    .filter((path) => folder !== "packages" || published.has(dirname(join(repository, path))))
    .toSorted()
    .map((path) => {
      const all = codeBlocks(readFileSync(join(repository, path), "utf8"));
      return { path, blocks: all.filter(({ language }) => language === "ts" || language === "sh") };
    });
}

/** A place that exists and is nobody's, and an etcd that runs, for those that READMEs name. */
function inPlace(code: string): string {
  const endpoint = cluster?.endpoints[0] ?? exampleEndpoint;
  return code
    .replaceAll("/var/lib/", `${place}/var/lib/`)
    .replaceAll(exampleEndpoint, endpoint)
    .replaceAll(examplePeer, `http://127.0.0.1:${peerPort}`);
}

/** The packages are on no registry yet: their tarballs, and those of the neighbours that they need. */
function fromTarballs(code: string): string {
  return code.replace(/^(npm install(?: --\S+)*) (@engenho\/.*)$/gm, (_line, command, names) => {
    const tarballs = new Set(String(names).split(" ").flatMap(withNeighbours));
    return [command, "--prefer-offline", "--no-audit", "--no-fund", ...tarballs].join(" ");
  });
}

function withNeighbours(name: string): readonly string[] {
  const packed = inject("packedPackages").find((each) => each.name === name);
  if (packed === undefined) return [];
  const dependencies = Object.keys(readManifest(packed.contents).dependencies ?? {});
  return [packed.tarball, ...dependencies.flatMap(withNeighbours)];
}

/** vitest is the reader's own; here it is the workspace's. */
async function linkVitest(directory: string): Promise<void> {
  const link = join(directory, "node_modules/vitest");
  if (existsSync(link) || !existsSync(dirname(link))) return;
  await symlink(join(repository, "packages/conformance/node_modules/vitest"), link);
}
