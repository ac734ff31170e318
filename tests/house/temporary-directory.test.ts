/** Where temporary files go where /tmp is memory. */

import { statfsSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../tools/run/temporary-directory.mjs";

const isMemory = (directory: string): boolean => statfsSync(directory).type === 0x01021994;

test("a directory on a disk is kept", () => {
  expect(isMemory(import.meta.dirname)).toBe(false);
  expect(temporaryDirectory(import.meta.dirname)).toBe(import.meta.dirname);
});

test("memory, which Linux has at /dev/shm, is left for a disk", () => {
  expect(isMemory("/dev/shm")).toBe(true);
  expect(isMemory(temporaryDirectory("/dev/shm"))).toBe(false);
});
