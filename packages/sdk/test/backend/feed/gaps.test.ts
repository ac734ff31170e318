/** Feeds that have lost changes: what is loaded then is what there is. */

import { expect, test } from "vitest";
import { body } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { gap, open, until } from "./support.ts";

test("a gap whose load fails is trouble like any other, and passes", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const changes = driver.changes.bind(driver);
  let isLost = true;
  driver.changes = (from, signal) => (isLost ? Promise.resolve(gap()) : changes(from, signal));
  await using backend = await open(driver);
  driver.at = (stage) => {
    if (stage === "load") throw new Error("connection refused");
  };
  await until(() => driver.loads > 2);
  expect(backend.diagnostics()).toMatchObject({
    state: "open",
    lastError: "the system's changes: connection refused",
  });
  driver.at = () => {};
  isLost = false;
  expect(await backend.apply("native", body("a"))).toMatchObject({ operation: "created" });
});
