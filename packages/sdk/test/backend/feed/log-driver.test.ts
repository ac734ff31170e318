/** The example of a driver with changes: that it is what the documentation shows, and works. */

import { readFile } from "node:fs/promises";
import { createBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { body, ref } from "../support.ts";
import { append, driver, log } from "./log-driver.ts";

test("the documentation of Driver.changes has it", async () => {
  const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
  const source = await read("log-driver.ts");
  const example = source.slice(source.indexOf("/* example */\n") + 14, source.indexOf("/* end */"));
  const documented = (await read("../../../src/backend/driver.ts")).replaceAll(/^ {3}\* ?/gm, "");
  expect(example.length).toBeGreaterThan(500);
  expect(documented).toContain(example);
});

test("it shows what others write, and ends", async () => {
  const backend = await createBackend(driver, { name: "log" });
  await backend.apply("native", body("a"));
  const entry = { ref: ref("b"), envelope: body("b"), revision: "theirs" as never };
  append({ type: "put", entry });
  append({ type: "remove", ref: ref("a") });
  const { items } = await backend.list("Job", undefined, "native");
  expect(items.map(({ revision }) => revision)).toEqual(["theirs"]);
  await backend.close();
  await using again = await createBackend(driver, { name: "log" });
  expect((await again.get(ref("b"), "native")).revision).toBe("theirs");
  expect(log).toHaveLength(3);
});
