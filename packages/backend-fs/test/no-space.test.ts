/** A full disk: a real one, a tmpfs of 64 KiB. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { failureOf, makeDirectory, open, podManifest, podRef } from "./support.ts";

/** Mounts a small tmpfs for the test; says why not, or undefined. */
function mountSmall(directory: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory], { stdio: "pipe" });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", directory]));
  return undefined;
}

test("a full disk is no_space, loses nothing, and is over when there is room again", async ({
  skip,
}) => {
  const root = join(makeDirectory(), "mount");
  mkdirSync(root);
  const refusal = mountSmall(root);
  if (refusal !== undefined) {
    if (process.env["CI"] !== undefined) throw new Error(`no tmpfs can be mounted: ${refusal}`);
    skip(`no tmpfs can be mounted: ${refusal}`);
  }
  const backend = await open(root, { durability: "process" });
  await backend.apply("yaml", podManifest("kept"));
  await backend.apply("yaml", podManifest("room", "x".repeat(20_000)));
  const failure = await failureOf(backend.apply("yaml", podManifest("kept", "x".repeat(100_000))));
  expect(failure).toMatchObject({ code: "no_space", outcome: "none" });
  expect(readdirSync(join(root, "_tmp"))).toEqual([]);
  expect((await backend.get(podRef("kept"), "yaml")).body).toEqual(podManifest("kept"));
  await backend.delete(podRef("room"));
  await backend.apply("yaml", podManifest("kept", "x".repeat(20_000)));
  await backend.close();
  const reopened = await open(root, { durability: "process" });
  expect((await reopened.get(podRef("kept"), "yaml")).body).toEqual(
    podManifest("kept", "x".repeat(20_000)),
  );
  await reopened.close();
});
