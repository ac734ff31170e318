/** Who is told that the tasks can't run here. */

import { expect, test } from "vitest";
import { platformProblem } from "../../tools/run/platform.mjs";

const linux = { platform: "linux", arch: "x64" };
const mac = { platform: "darwin", arch: "arm64" };

test.each([
  { ...linux, version: "v20.0.0" },
  { ...linux, version: "v26.1.0" },
  { ...mac, version: "v22.19.0" },
  { ...mac, version: "v24.0.0" },
])("$platform-$arch with Node $version can run", (machine) => {
  expect(platformProblem(machine)).toBeUndefined();
});

test.each([
  { ...linux, version: "v18.20.4", needed: "20.0" },
  { ...mac, version: "v22.18.0", needed: "22.19" },
  { ...mac, version: "v20.19.0", needed: "22.19" },
  { ...linux, arch: "arm64", version: "v20.19.0", needed: "22.19" },
])("$platform-$arch with Node $version is told in one line", ({ needed, ...machine }) => {
  const problem = platformProblem(machine);
  expect(problem).toContain(`Node ${needed} or later is needed`);
  expect(problem).toContain(machine.version);
  expect(problem).not.toContain("\n");
});
