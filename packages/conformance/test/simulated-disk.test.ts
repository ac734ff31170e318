/** The simulated disk keeps what is synced, and may lose all the rest. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { createSimulatedDisk, type SimulatedDisk } from "../src/harness/simulated-disk.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Path and text of every file. */
async function filesOf(disk: SimulatedDisk): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await disk.list(""))
    files[name] = new TextDecoder().decode(await disk.read(name));
  return files;
}

test("what is written is there for every reader, and after the end of the process", async () => {
  const disk = createSimulatedDisk();
  await disk.write("a", bytes("one"));
  await disk.rename("a", "b");
  expect(await filesOf(disk)).toEqual({ b: "one" });
  const copy = disk.copy();
  await disk.remove("b");
  expect(await filesOf(copy)).toEqual({ b: "one" });
});

test("a file is safe when it and its directory are synced", async () => {
  const disk = createSimulatedDisk();
  await disk.write("a", bytes("one"));
  expect(await filesOf(disk.losePower())).toEqual({});
  await disk.syncDirectory("");
  expect(await filesOf(disk.losePower())).toEqual({ a: "" });
  await disk.syncFile("a");
  expect(await filesOf(disk.losePower())).toEqual({ a: "one" });
  await disk.write("a", bytes("two"));
  expect(await filesOf(disk.losePower())).toEqual({ a: "one" });
});

test("a rename or removal may be undone until the directory is synced", async () => {
  const disk = createSimulatedDisk();
  for (const name of ["a", "b"]) {
    await disk.write(name, bytes(name));
    await disk.syncFile(name);
  }
  await disk.syncDirectory("");
  await disk.rename("a", "b");
  expect(await filesOf(disk.losePower())).toEqual({ a: "a", b: "b" });
  await disk.syncDirectory("");
  expect(await filesOf(disk.losePower())).toEqual({ b: "a" });
  await disk.remove("b");
  expect(await filesOf(disk.losePower())).toEqual({ b: "a" });
});

test("a directory that is not synced into its parent is lost with what is in it", async () => {
  const disk = createSimulatedDisk();
  await disk.makeDirectory("d");
  await disk.write("d/a", bytes("one"));
  await disk.syncFile("d/a");
  await disk.syncDirectory("d");
  await expect(disk.losePower().list("d")).rejects.toMatchObject({ code: "ENOENT" });
  await disk.syncDirectory("");
  expect(await disk.losePower().list("d")).toEqual(["a"]);
});

test("whatever is lost, each file has its old bytes, its new ones or a part, and synced ones stay", async () => {
  const choices = fc.infiniteStream(fc.nat(3));
  await fc.assert(
    fc.asyncProperty(choices, async (stream) => {
      const disk = createSimulatedDisk();
      await disk.write("safe", bytes("kept"));
      await disk.write("changed", bytes("before"));
      for (const name of ["safe", "changed"]) await disk.syncFile(name);
      await disk.syncDirectory("");
      await disk.write("changed", bytes("behind"));
      await disk.write("new", bytes("fresh"));
      const left = await filesOf(disk.losePower((count) => (stream.next().value ?? 0) % count));
      expect(left["safe"]).toBe("kept");
      expect(["before", "beh", "\0\0\0ind", "behind"]).toContain(left["changed"]);
      expect([undefined, "", "fr", "\0\0esh", "fresh"]).toContain(left["new"]);
    }),
  );
});
