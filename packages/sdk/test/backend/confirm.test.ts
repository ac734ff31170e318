/** What is stored already is made durable before a caller is told that nothing has changed. */

import { BackendError, createBackend, type StoredEntry, StoreFailedError } from "@engenho/sdk";
import { expect, test } from "vitest";
import { SharedSystem, SystemDriver } from "./feed/shared-system.ts";
import { Gate, MapDriver } from "./map-driver.ts";
import { body, failure, open, ref, settle } from "./support.ts";

/** Keeps what it was asked to confirm; `confirming` may wait or throw. */
class ConfirmingDriver extends MapDriver {
  readonly confirmed: StoredEntry[] = [];
  confirming: () => Promise<void> | void = () => {};

  async confirm(entry: StoredEntry): Promise<void> {
    this.confirmed.push(entry);
    await this.confirming();
  }
}

test("an apply that changes nothing is answered once the driver has confirmed what is there", async () => {
  const driver = new ConfirmingDriver();
  const gate = new Gate();
  driver.confirming = () => gate.passed;
  await using backend = await open(driver);
  const { revision } = await backend.apply("native", body("a"));
  await backend.apply("native", body("a", "2"));
  const { revision: current } = await backend.apply("native", body("a"));
  expect(driver.confirmed).toEqual([]);
  let isAnswered = false;
  const same = backend.apply("native", body("a")).finally(() => (isAnswered = true));
  const next = backend.apply("native", body("a", "3"));
  await settle();
  expect(isAnswered).toBe(false);
  expect(driver.confirmed).toMatchObject([
    { ref: ref("a"), envelope: body("a"), revision: current },
  ]);
  expect(current).not.toBe(revision);
  expect(driver.steps).toHaveLength(3);
  gate.open();
  expect(await same).toMatchObject({ operation: "unchanged", revision: current });
  expect(await next).toMatchObject({ operation: "replaced" });
});

test("an apply whose condition does not hold confirms nothing", async () => {
  const driver = new ConfirmingDriver();
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  await failure(backend.apply("native", body("a"), { ifRevision: "absent" }));
  expect(driver.confirmed).toEqual([]);
});

test("what keeps it from being confirmed is the apply's error, and nothing has changed", async () => {
  const driver = new ConfirmingDriver();
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  driver.confirming = () => {
    throw new Error("it vanished");
  };
  const error = await failure(backend.apply("native", body("a")));
  expect(error).toMatchObject({ code: "internal", outcome: "none", verb: "apply", ref: ref("a") });
  driver.confirming = () => {
    throw new BackendError("permission_denied", "not yours");
  };
  expect(await failure(backend.apply("native", body("a")))).toMatchObject({
    code: "permission_denied",
    outcome: "none",
  });
  driver.confirming = () => {};
  expect(await backend.apply("native", body("a"))).toMatchObject({ operation: "unchanged" });
});

test("a store that fails over it has failed for good", async () => {
  const driver = new ConfirmingDriver();
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  driver.confirming = () => {
    throw new StoreFailedError("the disk is gone");
  };
  expect(await failure(backend.apply("native", body("a")))).toMatchObject({ code: "unavailable" });
  expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({ code: "unavailable" });
});

test("an abort meanwhile leaves nothing behind, and says so", async () => {
  const driver = new ConfirmingDriver();
  const gate = new Gate();
  driver.confirming = () => gate.passed;
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  const controller = new AbortController();
  const same = failure(backend.apply("native", body("a"), { signal: controller.signal }));
  await settle();
  controller.abort();
  expect(await same).toMatchObject({ code: "aborted", outcome: "none" });
  gate.open();
});

test("where others write, what is confirmed is what is there once the mirror has caught up", async () => {
  const system = new SharedSystem();
  const confirmed: StoredEntry[] = [];
  const driver = Object.assign(new SystemDriver(system), {
    confirm: async (entry: StoredEntry) => void confirmed.push(entry),
  });
  await using backend = await createBackend(driver, {
    name: "test",
    capabilities: { externalWrites: true },
  });
  await backend.apply("native", body("a", "1"));
  system.put(ref("a"), body("a", "2"));
  expect(await backend.apply("native", body("a", "2"))).toMatchObject({ operation: "unchanged" });
  expect(confirmed.map(({ envelope }) => envelope)).toEqual([body("a", "2")]);
});
