/** What close does with writes that nobody waits for any more. */

import { BackendError, encodeEnvelope, type Revision } from "@engenho/sdk";
import { expect, test } from "vitest";
import { fileOperations, type FileOperations } from "../src/file-operations.ts";
import type { FsDriver } from "../src/fs-driver.ts";
import { openRoot } from "../src/open-root.ts";
import { disk } from "../src/disk.ts";
import { failureOf, makeDirectory, open, diskOver, podManifest, podRef } from "./support.ts";

/** Opens a root as soon as its lock is free; the test's time limit is the bound. */
async function openWhenFree(root: string): Promise<FsDriver> {
  for (;;) {
    try {
      return (await openRoot(root, { durability: "process" }, disk)).driver;
    } catch (error) {
      if (!BackendError.is(error, "locked")) throw error;
    }
  }
}

test("a write that hangs keeps the root locked after close, until it has ended", async () => {
  const root = makeDirectory();
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const operations: FileOperations = {
    ...fileOperations,
    async rename(from, to) {
      if (to.endsWith(".envelope")) {
        reached.resolve();
        await gate.promise;
      }
      await fileOperations.rename(from, to);
    },
  };
  const { driver } = await openRoot(root, { durability: "process" }, diskOver(operations));
  await driver.load();
  const ref = podRef("nginx");
  const envelope = encodeEnvelope({ ref, format: "yaml", payload: podManifest("nginx") });
  const write = driver.put({ ref, envelope, revision: "1" as Revision });
  await reached.promise;
  await driver.close();
  expect((await failureOf(open(root))).code).toBe("locked");

  gate.resolve();
  await write;
  const next = await openWhenFree(root);
  expect((await next.read(ref))?.envelope).toEqual(envelope);
  await next.close();
});
