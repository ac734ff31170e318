/** SPEC.md and the suite have the same requirements, word for word. */

import { readFileSync } from "node:fs";
import { requirements } from "@engenho/conformance";
import { expect, test } from "vitest";

const spec = readFileSync(new URL("../../SPEC.md", import.meta.url), "utf8");

test("every requirement stands in SPEC.md with its level and sentence, and no other does", () => {
  const written = [...spec.matchAll(/^- \*\*([A-Z]+-\d{3})\*\* (MUST|SHOULD): (.+)$/gm)];
  const sentences = written.map(([, id, level, title]) => `${id} ${level} ${title}`);
  expect(sentences).toEqual(requirements.map(({ id, level, title }) => `${id} ${level} ${title}`));
});

test("no number is used twice, and each belongs to its profile", () => {
  const ids = requirements.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const prefixes = { core: "CORE", watch: "WATCH", snapshot: "SNAP" };
  for (const { id, profile } of requirements)
    expect(id).toMatch(new RegExp(`^${prefixes[profile]}-\\d{3}$`));
});

test("every number that SPEC.md refers to is one of a requirement", () => {
  const ids = new Set(requirements.map(({ id }) => id));
  for (const [id] of spec.matchAll(/\b(?:CORE|WATCH|SNAP)-\d{3}\b/g)) expect(ids).toContain(id);
});
