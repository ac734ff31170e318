/** The disk that loses power: what is lost there could be lost. */

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RecordedDisk } from "./recorded-disk.ts";
import { makeDirectory } from "./support.ts";

test("synced bytes outlive what is appended to them, which is lost, torn or there", async () => {
  const [place, survivors] = [makeDirectory(), makeDirectory()];
  const disk = new RecordedDisk(place);
  const { create, openDirectory, writeAt, sync, close } = disk.operations;
  const file = await create(join(place, "log"));
  await writeAt(file, Buffer.from("synced"), 0);
  await sync(file);
  const directory = await openDirectory(place);
  await sync(directory);
  await writeAt(file, Buffer.from("abcdefgh"), 6);
  const left = Array.from({ length: 64 }, (_, cut) => {
    const to = join(survivors, String(cut));
    mkdirSync(to);
    disk.losePower(to, 1);
    return readFileSync(join(to, "log"), "utf8");
  });
  await Promise.all([close(file), close(directory)]);
  const torn = ["", "abcd", "\0\0\0\0efgh", "abcdefgh"].map((rest) => `synced${rest}`);
  expect(new Set(left)).toEqual(new Set(torn));
});

test("a directory that another call has just made has room for a name", async () => {
  const root = makeDirectory();
  const { operations } = new RecordedDisk(root);
  for (let round = 0; round < 300; round++) {
    const outer = join(root, `${round}`);
    const made = operations.makeDirectory(outer, 0o700);
    while (!existsSync(outer)) await new Promise((resolve) => setImmediate(resolve));
    const inner = [0, 1, 2].map((i) => operations.makeDirectory(join(outer, `${i}`), 0o700));
    expect(await Promise.all([made, ...inner])).toHaveLength(4);
  }
});
