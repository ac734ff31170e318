/** A lock file that is swapped between being opened and being locked. */

import { renameSync } from "node:fs";
import { join } from "node:path";
import type * as extensions from "fs-native-extensions";
import { expect, test, vi } from "vitest";
import { failureOf, makeDirectory, open } from "./support.ts";

const swap = vi.hoisted(() => ({ before: (): void => {} }));

vi.mock("fs-native-extensions", async (importOriginal) => {
  const { tryLock } = await importOriginal<typeof extensions>();
  return {
    tryLock(descriptor: number): boolean {
      swap.before();
      return tryLock(descriptor);
    },
  };
});

test("is noticed, and the next open takes the file that is there", async () => {
  const root = makeDirectory();
  swap.before = () => renameSync(join(root, "_lock"), join(root, "_moved"));
  expect(await failureOf(open(root))).toMatchObject({ code: "locked", retryable: true });
  swap.before = () => {};
  await open(root);
});
