/** Feeds that are over: nobody waits for what nobody will tell. */

import { BackendError, StoreFailedError } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref, settle } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { eventsOf, open, until } from "./support.ts";

/** A driver whose feed is held up and then fails, and one read and one write that its system has not answered yet. */
async function halfWay(trouble: Error) {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const answers = new Gate();
  const events = new Gate();
  driver.at = async (stage) => {
    if (stage === "sync response" || stage === "response") await answers.passed;
    if (stage !== "event") return;
    await events.passed;
    throw trouble;
  };
  driver.system.put(ref("x"), body("x"));
  const read = failure(backend.get(ref("x"), "native"));
  const write = failure(backend.apply("native", body("y")));
  await settle();
  return { backend, answers, events, read, write };
}

test("what the system answers after close is not waited for", async () => {
  const { backend, answers, events, read, write } = await halfWay(new Error("no connection"));
  await backend.close();
  answers.open();
  expect(await read).toMatchObject({ code: "closed", outcome: "none" });
  expect(await write).toMatchObject({ code: "closed", outcome: "unknown" });
  events.open();
});

test("what the system answers after the store has failed is not waited for", async () => {
  const failed = new StoreFailedError("another cluster answers");
  const { backend, answers, events, read, write } = await halfWay(failed);
  events.open();
  await settle();
  answers.open();
  expect(await read).toMatchObject({ code: "unavailable", retryable: false, outcome: "none" });
  expect(await write).toMatchObject({ code: "unavailable", outcome: "unknown" });
  await backend.close();
});

test("a sync that throws at once is trouble of those who asked, and of nobody after them", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const sync = driver.sync as NonNullable<typeof driver.sync>;
  let isDown = true;
  driver.sync = (signal) => {
    if (isDown) throw new BackendError("unavailable", "not connected");
    return sync(signal);
  };
  await using backend = await open(driver);
  expect(await failure(backend.list("Job", undefined, "native"))).toMatchObject({
    code: "unavailable",
    outcome: "none",
  });
  isDown = false;
  expect((await backend.list("Job", undefined, "native")).items).toEqual([]);
});

test("a sync that fails the store ends it for good", async () => {
  const driver = new SystemDriver(new SharedSystem());
  driver.sync = async () => {
    throw new StoreFailedError("another cluster answers");
  };
  await using backend = await open(driver);
  const next = await eventsOf(backend).catch(() => undefined);
  expect(next).toBeUndefined();
  expect(await failure(backend.list("Job", undefined, "native"))).toMatchObject({
    code: "unavailable",
    outcome: "none",
    retryable: false,
  });
  expect([backend.diagnostics().state, driver.signal?.aborted]).toEqual(["failed", true]);
});

test("a load that fails the store ends it for good, after a gap and for a doubt", async () => {
  for (const why of ["gap", "doubt"]) {
    const driver = new SystemDriver(new SharedSystem(), { hasSync: false });
    await using backend = await open(driver);
    driver.at = (stage) => {
      if (stage === "load") throw new StoreFailedError("another cluster answers");
      if (stage === "response") throw new Error("connection lost");
    };
    if (why === "gap") driver.system.compacted = 1;
    await failure(backend.apply("native", body("a")));
    await until(() => backend.diagnostics().state === "failed");
    expect(driver.signal?.aborted).toBe(true);
  }
});

test("a put that fails the store ends the feed, and those that wait for it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const events = new Gate();
  driver.at = (stage) => (stage === "event" ? events.passed : undefined);
  const waiting = failure(backend.apply("native", body("a")));
  await settle();
  driver.put = async () => {
    throw new StoreFailedError("fsync failed");
  };
  expect(await failure(backend.apply("native", body("b")))).toMatchObject({
    code: "unavailable",
    outcome: "unknown",
  });
  expect(await waiting).toMatchObject({ code: "unavailable", outcome: "unknown" });
  expect(driver.signal?.aborted).toBe(true);
  events.open();
});

test("no watch outlives its signal, whenever that is aborted", async () => {
  for (let steps = 0; steps < 60; steps++) {
    await using backend = await open(new SystemDriver(new SharedSystem()));
    const controller = new AbortController();
    const { signal } = controller;
    const watch = backend.watch("Job", undefined, "native", { signal }).catch(() => {});
    for (let step = 0; step < steps; step++) await Promise.resolve();
    controller.abort();
    await watch;
    expect([steps, backend.subscriberCount()]).toEqual([steps, 0]);
  }
});
