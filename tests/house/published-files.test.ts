/** The reader of packed packages, which the packaging tests believe, sees each kind of fault. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type PublishedFiles, publishedFiles } from "../packaging/published-files.ts";

const manifest = {
  exports: {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./gone": "./dist/gone.js",
  },
  bin: { tool: "./dist/cli.js" },
};

function read(files: Readonly<Record<string, string>>): PublishedFiles {
  const directory = mkdtempSync(join(tmpdir(), "engenho-published-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return publishedFiles(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("an export without its file, an unreachable module and a missing source are seen", () => {
  const published = read({
    "package.json": JSON.stringify(manifest),
    "dist/index.js": `export { a } from "./deep/a.js";`,
    "dist/index.d.ts": `export { a } from "./deep/a.ts";\nexport type { T } from "./types.ts";`,
    "dist/deep/a.js": `export const a = () => import("../lazy.js");`,
    "dist/deep/a.js.map": JSON.stringify({ sources: ["../../src/a.ts", "../../src/b.ts"] }),
    "dist/lazy.js": "export {};",
    "dist/types.js": "export {};",
    "dist/cli.js": `#!/usr/bin/env node\nimport "./index.js";`,
    "dist/forgotten.js": `import "./index.js";`,
    "src/a.ts": "",
  });

  expect(published.entryPoints).toContain("dist/gone.js");
  expect(published.files).not.toContain("dist/gone.js");
  expect([...published.reachable].toSorted()).toEqual([
    "dist/cli.js",
    "dist/deep/a.js",
    "dist/index.js",
    "dist/lazy.js",
    "dist/types.js",
  ]);
  expect(published.missingSources).toEqual(["dist/deep/a.js.map → src/b.ts"]);
});
