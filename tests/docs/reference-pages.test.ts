/** The reference pages are made without a warning, and not at all where something is undescribed. */

import { globSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRepository, installCopy } from "../../tools/workspace/copy-repository.ts";
import { type CommandResult, runCommand } from "../run-command.ts";

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "engenho-docs-"));
  await copyRepository(join(import.meta.dirname, "../.."), copy);
  await installCopy(copy);
}, 120_000);

afterAll(() => rm(copy, { recursive: true, force: true }));

function makeDocs(): Promise<CommandResult> {
  return runCommand(process.execPath, ["tools/docs/main.ts"], copy);
}

test("every import path and every text has a page, and no warning is left", async () => {
  const { code, output } = await makeDocs();
  expect(code, output).toBe(0);
  expect(output).not.toContain("warning");

  const pages = new Set(globSync("**/*.html", { cwd: join(copy, "reports/docs") }));
  for (const path of globSync("packages/*/package.json", { cwd: copy })) {
    const manifest = JSON.parse(await readFile(join(copy, path), "utf8"));
    if (manifest.private === true) continue; // Not for users.
    const { name, exports } = manifest;
    const subpaths = Object.keys(exports).filter((subpath) => subpath !== "./package.json");
    expect(subpaths).not.toEqual([]);
    for (const subpath of subpaths) {
      const page = join(name, subpath).replace(/[@/]/g, "_");
      expect(pages).toContain(`modules/${page}.html`);
    }
  }
  expect(pages).toContain("interfaces/_engenho_sdk.StoreBackend.html");
  const texts = globSync("documents/*.html", { cwd: join(copy, "reports/docs") });
  for (const path of globSync(["*.md", "examples/*/README.md"], { cwd: copy })) {
    if (path === "README.md") continue;
    const [, title = ""] = /^# (.+)/.exec(await readFile(join(copy, path), "utf8")) ?? [];
    expect(texts.map(letters)).toContain(`documents${letters(title)}html`);
  }
  const front = await readFile(join(copy, "reports/docs/index.html"), "utf8");
  expect(front).toContain("Your first backend, in five minutes");
});

test("what is not described and what links nowhere is named, and fails", async () => {
  await appendFile(
    join(copy, "packages/sdk/src/stub/index.ts"),
    `export const undescribed = 1;
    /** Described, with a link to {@link Nowhere}. */
    export interface Described { readonly undescribedMember: Unexported; }
    interface Unexported { readonly a: 1; }\n`,
  );
  await appendFile(join(copy, "packages/sdk/README.md"), "\n[gone](../no-such-file.md)\n");

  const { code, output } = await makeDocs();
  expect(code).not.toBe(0);
  const problems = [
    /stub\.undescribed \(Variable\).* not have any documentation/,
    /stub\.Described\.undescribedMember \(Property\).* not have any documentation/,
    /Failed to resolve link to "Nowhere"/,
    /Unexported.* is referenced by .* but not included in the documentation/,
    /no-such-file\.md/,
  ];
  for (const problem of problems) expect(output).toMatch(problem);
});

/** A title without what differs between a heading and a file's name. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}
