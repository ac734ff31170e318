/** Feeds that are over: nobody waits for what nobody will tell. */

import { BackendError, StoreFailedError } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref, settle } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { open } from "./support.ts";

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
