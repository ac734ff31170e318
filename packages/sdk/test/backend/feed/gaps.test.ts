/** Feeds that have lost changes: what is loaded then is what there is. */

import type { FeedEvent } from "@engenho/sdk";
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

test("who waits for a position of a lost history is not answered by the count of another one", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  const events = new Gate();
  driver.at = (stage) => (stage === "event" ? events.passed : undefined);
  const lost = failure(backend.apply("native", body("lost")));
  await settle();
  driver.system = new SharedSystem();
  for (const name of ["a", "b", "c", "d"]) driver.system.put(ref(name), body(name));
  const changes = driver.changes.bind(driver);
  driver.changes = (): Promise<AsyncIterable<FeedEvent>> => {
    driver.changes = changes;
    return Promise.resolve(gap("restored", { isOtherHistory: true }));
  };
  events.open();
  expect(await lost).toMatchObject({ code: "unavailable", outcome: "unknown", retryable: true });
  const { items } = await backend.list("Job", undefined, "native");
  expect(items.map((item) => item.ref.name)).toEqual(["a", "b", "c", "d"]);
});

test("a write that is answered in the same moment as a load stays where readers see it", async () => {
  for (let ticks = 0; ticks < 20; ticks++) {
    const driver = new SystemDriver(new SharedSystem(), { tellsPrevious: true, hasSync: false });
    const changes = driver.changes.bind(driver);
    const [losing, both, connects] = [new Gate(), new Gate(), new Gate()];
    let isFirst = true;
    driver.changes = async (from, signal) => {
      if (!isFirst) return changes(from, signal);
      isFirst = false;
      return losesItsPlace(losing.passed);
    };
    await using backend = await open(driver);
    const load = driver.load.bind(driver);
    driver.load = async () => {
      const store = await load();
      await both.passed;
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      return store;
    };
    driver.at = async (stage) => {
      if (stage === "response") await both.passed;
      if (stage === "connect") await connects.passed;
    };
    losing.open();
    await until(() => driver.loads > 1);
    const seen = backend.apply("native", body("a")).then(() => backend.get(ref("a"), "native"));
    await until(() => driver.system.head === 1);
    both.open();
    await settle();
    connects.open();
    await expect(seen, `${ticks} ticks`).resolves.toBeDefined();
  }
});

async function* losesItsPlace(when: Promise<unknown>): AsyncGenerator<FeedEvent> {
  await when;
  yield* gap("lost its place");
}
