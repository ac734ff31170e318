/** A process that runs out of descriptors while it opens a store: no resource is damaged by that. */

import { expect, test, vi } from "vitest";
import type * as reading from "../src/read-regular-file.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

const limits = vi.hoisted(() => ({ reached: false }));

vi.mock("../src/read-regular-file.ts", async (importOriginal) => {
  const { readRegularFile } = await importOriginal<typeof reading>();
  return {
    async readRegularFile(...[path, limit]: Parameters<typeof readRegularFile>) {
      if (limits.reached && path.endsWith(".envelope")) {
        throw Object.assign(new Error("injected"), { code: "EMFILE" });
      }
      return readRegularFile(path, limit);
    },
  };
});

test("fails the open, which can be tried again", async () => {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("nginx"));
  await backend.close();
  limits.reached = true;
  expect(await failureOf(open(root))).toMatchObject({ code: "unavailable", retryable: true });
  limits.reached = false;
  expect((await open(root)).resourceCount()).toBe(1);
});
