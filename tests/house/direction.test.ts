/** Imports that go against the direction of dependencies are found, and those that follow it are not. */

import { describe, expect, test } from "vitest";
import { directionProblems } from "../../tools/check/direction/direction-problems.ts";
import { manifestProblems } from "../../tools/check/direction/manifest-problems.ts";

const SDK = "packages/sdk/src";
const KIT = "packages/conformance/src";
const FS = "packages/backend-fs";

describe("against the direction", () => {
  test.each([
    [`${SDK}/contract/x.ts`, `import { a } from "../reference/index.ts";`],
    [`${SDK}/reference/x.ts`, `import { a } from "../codec/index.ts";`],
    [`${SDK}/codec/x.ts`, `import { a } from "../adapters/index.ts";`],
    [`${SDK}/adapters/x.ts`, `import { a } from "../backend/driver.ts";`],
    [`${SDK}/backend/x.ts`, `import { a } from "../memory/index.ts";`],
    [`${SDK}/memory/x.ts`, `import { a } from "../stub/index.ts";`],
    [`${SDK}/stub/x.ts`, `import { a } from "../index.ts";`],
    [`${SDK}/index.ts`, `export * from "./tracing/index.ts";`],
    [`${SDK}/index.ts`, `export * from "./sealed/index.ts";`],
    [`${SDK}/sealed/x.ts`, `import { a } from "../backend/driver.ts";`],
    [`${SDK}/codec/x.ts`, `import { open } from "node:fs/promises";`],
    [`${SDK}/contract/deep/x.ts`, `import { a } from "../../backend/driver.ts";`],
    [`${SDK}/contract/x.ts`, `import type { A } from "../backend/driver.ts";`],
    [`${SDK}/contract/x.ts`, `export { a } from "../backend/driver.ts";`],
    [`${SDK}/contract/x.ts`, `export * from "../backend/driver.ts";`],
    [`${SDK}/contract/x.ts`, `export const a = await import("../backend/driver.ts");`],
    [`${SDK}/contract/x.ts`, `export type A = import("../backend/driver.ts").A;`],
    [`${SDK}/backend/x.ts`, `import { readFile } from "node:fs/promises";`],
    [`${SDK}/backend/x.ts`, `import { Buffer } from "buffer";`],
    [`${SDK}/backend/x.ts`, `import { a } from "@engenho/conformance";`],
    [`${SDK}/backend/x.ts`, `import { a } from "@engenho/backend-fs";`],
    [`${SDK}/backend/x.ts`, `import { a } from "@engenho/sdk";`],
    [`${SDK}/backend/x.ts`, `import { a } from "../../test/helper.ts";`],
    ["packages/sdk/test/x.test.ts", `import { a } from "@engenho/conformance";`],
    [`${KIT}/requirements/x.ts`, `import assert from "node:assert";`],
    [`${KIT}/requirements/x.ts`, `import { a } from "../report/report.ts";`],
    [`${KIT}/harness/x.ts`, `import { a } from "../cli/bin.ts";`],
    [`${KIT}/harness/x.ts`, `import { a } from "../../../sdk/src/index.ts";`],
    [`${KIT}/report/x.ts`, `import { a } from "@engenho/backend-fs";`],
    [`${FS}/src/x.ts`, `import { a } from "@engenho/conformance";`],
    [`${FS}/src/x.ts`, `import { a } from "@engenho/conformance/vitest";`],
    [`${FS}/src/x.ts`, `import { a } from "@engenho/testbed";`],
    ["packages/testbed/src/x.ts", `import { a } from "@engenho/sdk";`],
    [`${FS}/src/x.ts`, `import { a } from "@engenho/backend-kube";`],
    [`${FS}/test/x.test.ts`, `import { a } from "@engenho/backend-kube";`],
    [`${FS}/src/x.ts`, `import { a } from "../conformance.ts";`],
    [`${FS}/src/x.ts`, `import { a } from "../../backend-kube/src/index.ts";`],
    [`${SDK}/backend/x.ts`, `import { a } from "../../../../tools/a.ts";`],
    [`${SDK}/new-folder/x.ts`, ""],
  ])("%s: %s", (path, text) => {
    const problems = directionProblems(path, `\n${text}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(path);
  });

  test("the line is named", () => {
    const text = `import { a } from "./a.ts";\n\nimport { b } from "../backend/b.ts";\n`;
    expect(directionProblems(`${SDK}/contract/x.ts`, text)).toEqual([
      `${SDK}/contract/x.ts:3: sdk/contract may not import sdk/backend`,
    ]);
  });
});

describe("with the direction", () => {
  test.each([
    [`${SDK}/contract/x.ts`, `import { a } from "./resource.ts";`],
    [`${SDK}/adapters/x.ts`, `import { a } from "../codec/index.ts";`],
    [`${SDK}/adapters/x.ts`, `import { parse } from "yaml";`],
    [`${SDK}/memory/x.ts`, `import { a } from "../backend/create-backend.ts";`],
    [`${SDK}/index.ts`, `export * from "./memory/index.ts";`],
    [`${SDK}/sealed/x.ts`, `import { open } from "node:fs/promises";`],
    [`${SDK}/tracing/x.ts`, `import { channel } from "node:diagnostics_channel";`],
    [`${SDK}/contract/x.ts`, `/** import { a } from "../backend/driver.ts"; */`],
    ["packages/sdk/test/x.test.ts", `import { a } from "../src/backend/mirror.ts";`],
    ["packages/sdk/test/x.test.ts", `import { readFileSync } from "node:fs";`],
    [`${KIT}/requirements/x.ts`, `import { a } from "../harness/check-context.ts";`],
    [`${KIT}/requirements/x.ts`, `import { a } from "@engenho/sdk";`],
    [`${KIT}/harness/x.ts`, `import { createHook } from "node:async_hooks";`],
    [`${KIT}/cli/bin.ts`, `import { a } from "../harness/run-suite.ts";`],
    ["packages/conformance/subjects/x.ts", `import { a } from "@engenho/conformance";`],
    [`${FS}/src/x.ts`, `import { open } from "node:fs/promises";`],
    [`${FS}/conformance.ts`, `import { a } from "@engenho/conformance";`],
    [`${FS}/conformance.ts`, `import { a } from "./src/index.ts";`],
    [`${FS}/test/x.test.ts`, `import { a } from "@engenho/backend-fs";`],
    [`${FS}/test/x.test.ts`, `import { a } from "@engenho/testbed";`],
    ["tools/x.ts", `import { a } from "../packages/sdk/src/index.ts";`],
  ])("%s: %s", (path, text) => {
    expect(directionProblems(path, text)).toEqual([]);
  });
});

test("a package depends on what it may import, and on the suite for development only", () => {
  const on = (...names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, "workspace:^"]));
  const path = `${FS}/package.json`;
  expect(manifestProblems(path, { dependencies: on("@engenho/sdk", "yaml") })).toEqual([]);
  for (const name of ["@engenho/conformance", "@engenho/testbed", "@engenho/backend-kube"]) {
    expect(manifestProblems(path, { dependencies: on(name) })).toHaveLength(1);
    expect(manifestProblems(path, { peerDependencies: on(name) })).toHaveLength(1);
  }
  expect(
    manifestProblems("packages/sdk/package.json", { dependencies: on("@engenho/conformance") }),
  ).toHaveLength(1);
});
