/** No pattern that meets bytes of strangers can be made to backtrack: native matching is counted by nobody. */

import { globSync, readFileSync } from "node:fs";
import { Visitor, parseSync } from "oxc-parser";
import { isSafePattern } from "redos-detector";
import { expect, test } from "vitest";

/** The patterns of a source, with their flags. */
function patternsOf(file: string): { readonly pattern: string; readonly flags: string }[] {
  const patterns: { pattern: string; flags: string }[] = [];
  const { program } = parseSync(file, readFileSync(file, "utf8"));
  new Visitor({
    Literal: (node) => {
      if ("regex" in node) patterns.push(node.regex);
    },
  }).visit(program);
  return patterns;
}

/** Whether some text makes the pattern go back over what it has matched, more often the longer it is. */
function canBacktrack(pattern: string, flags: string): boolean {
  const options = { unicode: flags.includes("u"), caseInsensitive: flags.includes("i") };
  return !isSafePattern(pattern, { ...options, maxScore: 50 }).safe;
}

test("a pattern with two ways to match is noticed", () => {
  expect(canBacktrack(String.raw`\s*[\r\n]+\s*`, "g")).toBe(true);
  expect(canBacktrack(String.raw`[^"\\]*`, "y")).toBe(false);
});

test("the patterns of the SDK", () => {
  const root = `${import.meta.dirname}/../..`;
  const files = globSync("packages/sdk/src/**/*.ts", { cwd: root });
  const found = files.flatMap((file) =>
    patternsOf(`${root}/${file}`).map(({ pattern, flags }) => ({ file, pattern, flags })),
  );
  expect(found.length).toBeGreaterThan(30);
  expect(found.filter(({ pattern, flags }) => canBacktrack(pattern, flags))).toEqual([]);
});
