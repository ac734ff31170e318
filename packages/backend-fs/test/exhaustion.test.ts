/** A process that runs out of descriptors while it opens a store: no resource is damaged by that. */

import { expect, test } from "vitest";
import { inProcessRunner } from "../src/commit/job-runners.ts";
import { disk } from "../src/disk.ts";
import { fileOperations } from "../src/file-operations.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

test("fails the open, which can be tried again", async () => {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("nginx"));
  await backend.close();
  const exhausted = openFsBackend(
    { root },
    {
      ...disk,
      makeRunner: (place) =>
        inProcessRunner(place, fileOperations, async () => {
          throw Object.assign(new Error("injected"), { code: "EMFILE" });
        }),
    },
  );
  expect(await failureOf(exhausted)).toMatchObject({ code: "unavailable", retryable: true });
  expect((await open(root)).resourceCount()).toBe(1);
});
