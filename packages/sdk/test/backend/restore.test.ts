/** Restores through a driver that fails, and over what earlier failures have left in doubt. */

import { BackendError, StoreFailedError, type Driver, encodeSnapshot } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { Gate, MapDriver } from "./map-driver.ts";
import { body, failure, open, ref, settle } from "./support.ts";

describe("a restore without replaceAll", () => {
  const snapshot = encodeSnapshot(
    [..."abc"].map((name) => ({ ref: ref(name), envelope: body(name) })),
  );

  test("that fails halfway leaves the mirror true, resets watches, and converges when repeated", async () => {
    const driver = Object.assign(new MapDriver(), { maxConcurrentWrites: 1 });
    await using backend = await open(driver);
    await backend.apply("native", body("old"));
    const events = (await backend.watch("Job", undefined, "native"))[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i++) await events.next();
    driver.before = (step) => {
      if (step.ref.name === "b") throw new BackendError("no_space", "full");
    };
    expect(await failure(backend.restore(snapshot))).toMatchObject({
      code: "no_space",
      verb: "restore",
      outcome: "unknown",
    });
    expect((await events.next()).value).toMatchObject({ type: "reset" });
    expect(
      (await backend.list("Job", undefined, "native")).items.map((item) => item.ref.name),
    ).toEqual(["a", "old"]);
    driver.before = () => {};
    await backend.restore(snapshot);
    expect(backend.capabilities.restore).toBe("resumable");
    expect(await backend.snapshot()).toEqual(snapshot);
    expect([...driver.stored.values()].map((entry) => entry.ref.name).sort()).toEqual([
      "a",
      "b",
      "c",
    ]);
  });
});

describe("a restore over doubts", () => {
  const lose =
    (name: string): MapDriver["after"] =>
    (step) => {
      if (step.ref.name === name) throw new Error("connection lost");
    };
  const snapshotOf = (
    ...names: readonly (readonly [name: string, payload: string])[]
  ): Uint8Array =>
    encodeSnapshot(
      names.map(([name, payload]) => ({ ref: ref(name), envelope: body(name, payload) })),
    );

  test("puts again what the mirror has and the system may not", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    const load = driver.load.bind(driver);
    await backend.restore(snapshotOf(["a", "old"]));
    driver.after = lose("a");
    driver.load = () => Promise.reject(new Error("no connection"));
    expect((await failure(backend.restore(snapshotOf(["a", "new"])))).outcome).toBe("unknown");
    await settle();
    driver.after = () => {};
    await backend.restore(snapshotOf(["a", "old"]));
    driver.load = load;
    expect([...driver.stored.values()].map(({ envelope }) => envelope)).toEqual([body("a", "old")]);
  });

  test("removes what the mirror does not have and the system may", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    driver.after = lose("b");
    driver.load = () => Promise.reject(new Error("no connection"));
    await failure(backend.restore(snapshotOf(["b", "1"])));
    await settle();
    driver.after = () => {};
    await backend.restore(snapshotOf());
    expect(driver.stored.size).toBe(0);
  });

  test("that fails is looked into at once: reads and watches learn what landed", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    driver.after = lose("a");
    await failure(backend.restore(snapshotOf(["a", "1"])));
    await settle();
    expect(backend.resourceCount()).toBe(1);
  });

  test("begins no write after close has given up on it", async () => {
    const driver = Object.assign(new MapDriver(), { maxConcurrentWrites: 1 });
    const gate = new Gate();
    driver.before = () => gate.passed;
    const backend = await open(driver);
    const restore = failure(backend.restore(snapshotOf(["a", "1"], ["b", "1"], ["c", "1"])));
    await settle();
    await backend.close();
    expect(await restore).toMatchObject({ code: "closed", outcome: "unknown" });
    gate.open();
    await settle();
    expect(driver.steps).toHaveLength(1);
  });
});

describe("a replaceAll with an unknown outcome", () => {
  const atomic = (): MapDriver & Required<Pick<Driver, "replaceAll">> =>
    Object.assign(new MapDriver(), {
      replaceAll: () => Promise.reject(new Error("connection lost")),
    });
  const snapshot = encodeSnapshot([{ ref: ref("a"), envelope: body("a", "new") }]);

  test("is looked into: the mirror is what the system has", async () => {
    const driver = atomic();
    await using backend = await open(driver);
    driver.stored.set("a", { ref: ref("a"), envelope: body("a", "new") });
    expect(await failure(backend.restore(snapshot))).toMatchObject({ outcome: "unknown" });
    expect(await backend.apply("native", body("a", "new"))).toMatchObject({
      operation: "unchanged",
    });
  });

  test("that can't be looked into fails the store", async () => {
    const driver = atomic();
    await using backend = await open(driver);
    driver.load = () => Promise.reject(new Error("still no connection"));
    expect(await failure(backend.restore(snapshot))).toMatchObject({
      code: "unavailable",
      outcome: "unknown",
    });
    expect(backend.diagnostics().state).toBe("failed");
  });
});

test("an aborted restore stops, and a second one goes on from there", async () => {
  const driver = Object.assign(new MapDriver(), { maxConcurrentWrites: 1 });
  const gate = new Gate();
  driver.before = () => gate.passed;
  await using backend = await open(driver);
  const snapshot = encodeSnapshot(
    [..."abc"].map((name) => ({ ref: ref(name), envelope: body(name) })),
  );
  const controller = new AbortController();
  const restore = failure(backend.restore(snapshot, { signal: controller.signal }));
  await settle();
  controller.abort();
  expect(await restore).toMatchObject({ code: "aborted", outcome: "unknown" });
  gate.open();
  await settle();
  expect(driver.steps).toHaveLength(1);
  await backend.restore(snapshot);
  expect(await backend.snapshot()).toEqual(snapshot);
});

test.each([
  [
    "a failed store",
    () => new StoreFailedError("fsync"),
    { code: "unavailable", outcome: "unknown" },
  ],
  [
    "a store that has failed before a write was begun",
    () => new StoreFailedError("fsync", { outcome: "none" }),
    { code: "unavailable", outcome: "unknown" },
  ],
  [
    "an unknown outcome",
    () => new Error("connection lost"),
    { code: "internal", outcome: "unknown" },
  ],
])("of several failures, %s decides what a restore says", async (_, later, expected) => {
  const driver = new MapDriver();
  driver.before = async ({ ref: { name } }) => {
    if (name === "a") throw new BackendError("no_space", "full");
    await settle();
    throw later();
  };
  await using backend = await open(driver);
  const entries = [..."ab"].map((name) => ({ ref: ref(name), envelope: body(name) }));
  expect(await failure(backend.restore(encodeSnapshot(entries)))).toMatchObject(expected);
});
