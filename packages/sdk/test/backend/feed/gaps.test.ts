/** Feeds that have lost changes: what is loaded then is what there is. */

import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref, settle } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { eventsOf, gap, open, until } from "./support.ts";

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

test("a system whose count has gone back is shown as it is now", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  for (const name of ["a", "b", "c"]) await backend.apply("native", body(name));
  const next = await eventsOf(backend);
  for (const _ of "123b") await next();
  const before = driver.system;
  const events = new Gate();
  driver.at = (stage) => (stage === "event" ? events.passed : undefined);
  // Done in the history that is lost, and not told before that.
  const lost = failure(backend.apply("native", body("lost")));
  await settle();
  driver.system = new SharedSystem();
  driver.system.put(ref("z"), body("z"));
  events.open();
  expect(before.head).toBe(4);
  expect([(await next())?.type, (await next())?.type]).toEqual(["reset", "added"]);
  expect(await lost).toMatchObject({ code: "unavailable", outcome: "unknown", retryable: true });
  expect(await backend.apply("native", body("new"))).toMatchObject({ operation: "created" });
  expect((await backend.get(ref("new"), "native")).body).toEqual(body("new"));
  const { items } = await backend.list("Job", undefined, "native");
  expect(items.map((item) => item.ref.name)).toEqual(["new", "z"]);
});
