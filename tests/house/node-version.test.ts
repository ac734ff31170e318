/** The tools run on the Node that the workspace brings, whichever one started them. */

import { expect, test } from "vitest";

test("runs on the workspace's own Node", ({ skip }) => {
  const here = `${process.platform}-${process.arch}`;
  skip(here !== "linux-x64", `the workspace brings no Node for ${here}`);
  expect(process.version).toMatch(/^v24\./);
});
