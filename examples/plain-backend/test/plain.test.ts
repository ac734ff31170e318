/** The example proves something only as long as it is written without the SDK's code, and short enough to read. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../", import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "conformance.ts")
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

test.each(sources)("$name uses nothing of the SDK but types and BackendError", ({ text }) => {
  const imports = text.matchAll(/^import (type )?([^;]*?) from "(@engenho\/[^"]+)";$/gm);
  for (const [, isType, names = "", from] of imports) {
    expect(from).toBe("@engenho/sdk");
    if (isType !== undefined) continue;
    const values = names.split(/[{},]/).map((name) => name.trim());
    expect(values.filter((name) => name !== "" && !name.startsWith("type "))).toEqual([
      "BackendError",
    ]);
  }
  // The pattern above has seen them all.
  const mentions = text.matchAll(/^.*(["'`])@engenho\/.*$/gm);
  for (const [line] of mentions) expect(line).toMatch(/ from "@engenho\/sdk";$/);
});

test("it is read in one sitting", () => {
  const lines = sources.reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
  expect(lines).toBeLessThanOrEqual(750);
});
