/** SPEC.md, README and the code say the same, word for word. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requirements } from "@engenho/conformance";
import { mutants } from "@engenho/conformance/mutants";
import { errorCodes } from "@engenho/sdk";
import { expect, onTestFinished, test } from "vitest";
import filesystem from "../../packages/backend-fs/conformance.ts";
import inMemory from "../../packages/conformance/subjects/in-memory.ts";
import { withMutants } from "../../tools/mutants/spec-mutants.ts";

const spec = readFileSync(new URL("../../SPEC.md", import.meta.url), "utf8");

test("every requirement stands in SPEC.md with its level and sentence, and no other does", () => {
  const written = [
    ...spec.matchAll(/^- \*\*([A-Z]+-\d{3})\*\* (MUST|SHOULD)(?: \(since (\S+)\))?: (.+)$/gm),
  ];
  const sentences = written.map(([, id, level, since, title]) => ({ id, level, since, title }));
  expect(sentences).toEqual(
    requirements.map(({ id, level, since, title }) => ({ id, level, since, title })),
  );
});

test("no number is used twice, and each belongs to its profile", () => {
  const ids = requirements.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const prefixes = {
    core: "CORE",
    watch: "WATCH",
    snapshot: "SNAP",
    concurrency: "CONC",
    durability: "DUR",
    external: "EXT",
  };
  for (const { id, profile } of requirements)
    expect(id).toMatch(new RegExp(`^${prefixes[profile]}-\\d{3}$`));
});

test("a requirement that is younger than its major version says which version it came with", () => {
  for (const { since } of requirements) expect(since ?? "0.1.0").toMatch(/^\d+\.\d+\.0$/);
});

test("every number that SPEC.md refers to is one of a requirement", () => {
  const ids = new Set(requirements.map(({ id }) => id));
  for (const [id] of spec.matchAll(/\b(?:CORE|WATCH|SNAP|CONC|DUR|EXT)-\d{3}\b/g))
    expect(ids).toContain(id);
});

test("SPEC.md has the mutants of every requirement, as they are", () => {
  expect(spec).toBe(withMutants(spec));
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`${mutants.length} known-bad backends`);
});

test("README has a line for every error code, and for no other", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const section = /^## Error codes$(.*?)^## /ms.exec(readme)?.[1] ?? "";
  expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code)).toEqual([...errorCodes]);
  expect(readme).toContain(`${requirements.length} requirements`);
});

// The table as printed is compared where the packages are, which takes minutes: this one tells at once.
test.each([inMemory, filesystem])("README counts what applies to $name", async (subject) => {
  const makeDirectory = (): string => {
    const directory = mkdtempSync(join(tmpdir(), "engenho-spec-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return directory;
  };
  const backend = await subject.open({ directory: makeDirectory(), seed: 1, step: () => {} });
  await backend.close();
  const applying = requirements.filter(
    ({ appliesTo }) => appliesTo?.(backend.capabilities, subject) ?? true,
  );
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const row = new RegExp(`^${subject.name} +(\\w+) +conformant +(\\d+) +0 +0 +(\\d+)$`, "gm");
  const none = new RegExp(
    `^${subject.name}: (\\w+) does not apply .*\\((\\d+) requirements\\)$`,
    "gm",
  );
  const counted = [
    ...[...readme.matchAll(row)].map(([, ...cells]) => cells),
    ...[...readme.matchAll(none)].map(([, profile, count]) => [profile, "0", count]),
  ];
  const expected = [...new Set(requirements.map(({ profile }) => profile))].map((profile) => {
    const count = applying.filter((each) => each.profile === profile).length;
    const all = requirements.filter((each) => each.profile === profile).length;
    return [profile, `${count}`, `${all - count}`];
  });
  expect(counted).toEqual(expected);
});
