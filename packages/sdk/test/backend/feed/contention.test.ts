/** Writes that others overtake again and again, and writes that wait beside each other. */

import { BackendError, encodeEnvelope, referenceKey } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref, settle } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { open, until } from "./support.ts";

/** Somebody who writes this resource before every request of the driver. */
function overtaken(driver: SystemDriver, name: string): void {
  let count = 0;
  driver.at = (stage) => {
    if (stage === "request") driver.system.put(ref(name), body(name, `theirs ${count++}`));
  };
}

test("an apply without a condition wins in the end: it is the last", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  overtaken(driver, "a");
  expect(await backend.apply("native", body("a", "ours"))).toMatchObject({ operation: "replaced" });
  expect(driver.expectations).toHaveLength(8);
  expect(driver.expectations.at(-1)).toBeUndefined();
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a", "ours"));
});

test("so does a delete", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  overtaken(driver, "a");
  await backend.delete(ref("a"));
  expect(driver.system.state.has(referenceKey(ref("a")))).toBe(false);
});

test("an apply that wins in the end says what it has met, and not what was there before", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const put = driver.put.bind(driver);
  driver.put = async (entry, expected) => {
    driver.system.put(ref("a"), body("a", "theirs"));
    if (expected === undefined) return { ...(await put(entry, expected)), replaced: true };
    driver.system.remove(ref("a"));
    throw new BackendError("conflict", "something is there");
  };
  expect(await backend.apply("native", body("a"))).toMatchObject({ operation: "replaced" });
});

test("a delete that comes in the end to where nothing is any more has deleted nothing", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  const remove = driver.remove.bind(driver);
  let count = 0;
  driver.remove = async (at, expected) => {
    if (expected === undefined) {
      driver.system.remove(at);
      return { ...(await remove(at, expected)), replaced: false };
    }
    driver.system.put(at, body("a", `theirs ${count++}`));
    throw new BackendError("conflict", "it is another");
  };
  const error = await failure(backend.delete(ref("a")));
  expect(error).toMatchObject({ code: "not_found", outcome: "none" });
});

test("a write with a condition that keeps being overtaken is a conflict that may be tried again", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  let puts = 0;
  driver.put = async () => {
    puts++;
    // There and gone again, so that the condition holds whenever one looks.
    driver.system.put(ref("a"), body("a", "theirs"));
    driver.system.remove(ref("a"));
    throw new BackendError("conflict", "something is there");
  };
  const error = await failure(backend.apply("native", body("a"), { ifRevision: "absent" }));
  expect(error).toMatchObject({ code: "conflict", outcome: "none", retryable: true });
  expect(puts).toBe(8);
});

test("what becomes of other resources is no reason to judge anew", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  let puts = 0;
  driver.put = async () => {
    puts++;
    driver.system.put(ref("other"), body("other"));
    driver.system.remove(ref("other"));
    throw new BackendError("conflict", "an object of somebody else is there");
  };
  expect(await failure(backend.apply("native", body("a")))).toMatchObject({
    code: "conflict",
    retryable: false,
  });
  expect(puts).toBe(1);
});

test("writes that wait for the feed keep no other from the system, and no more run there than it takes", async () => {
  const driver = new SystemDriver(new SharedSystem());
  Object.assign(driver, { maxConcurrentWrites: 2 });
  await using backend = await open(driver);
  const events = new Gate();
  let running = 0;
  let most = 0;
  driver.at = async (stage) => {
    if (stage === "event") await events.passed;
    if (stage === "request") most = Math.max(most, ++running);
    if (stage === "response") {
      await settle();
      running--;
    }
  };
  const names = ["a", "b", "c", "d", "e"];
  const writes = names.map((name) => backend.apply("native", body(name)));
  await until(() => driver.system.head === names.length);
  events.open();
  await Promise.all(writes);
  expect(most).toBe(2);
});

test("doubts at the same time share one load where there is no sync", async () => {
  const driver = new SystemDriver(new SharedSystem(), { hasSync: false });
  await using backend = await open(driver);
  const watch = await backend.watch("Job", undefined, "native");
  driver.at = (stage) => {
    if (stage === "response") throw new Error("connection lost");
  };
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
  await Promise.all(names.map((name) => failure(backend.apply("native", body(name)))));
  driver.at = () => {};
  const again = names.map((name) => backend.apply("native", body(name)));
  for (const result of await Promise.all(again))
    expect(result).toMatchObject({ operation: "unchanged" });
  expect(driver.loads).toBeLessThanOrEqual(3);
  await watch.close();
  for await (const event of watch) expect(event.type).not.toBe("reset");
});

test("a feed that always has something ready leaves others their turn", async () => {
  const driver = new SystemDriver(new SharedSystem());
  let told = 0n;
  driver.changes = async () =>
    (async function* () {
      while (told < 5_000n) {
        const envelope = encodeEnvelope({ ref: ref("a"), payload: new Uint8Array() });
        const entry = { ref: ref("a"), envelope, revision: `r${told}` as never };
        yield { type: "changes", position: ++told, changes: [{ type: "put", entry }] };
      }
      await new Promise(() => {});
    })();
  const backend = await open(driver);
  const seen: bigint[] = [];
  while (told < 5_000n) {
    seen.push(told);
    await settle();
  }
  expect(seen.length).toBeGreaterThan(5);
  await backend.close();
});
