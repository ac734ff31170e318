/** Systems that say nothing: what nobody answers is not waited for longer than patience lasts. */

import { queryObjects } from "node:v8";
import { BackendError, createBackend, type StoreBackend } from "@engenho/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PositionWaiters } from "../../../src/backend/position-waiters.ts";
import { Gate } from "../map-driver.ts";
import { body, failure, ref } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { nothingUntil, silence } from "./support.ts";

const feedTimeoutMs = 10_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const open = (driver: SystemDriver): Promise<StoreBackend> =>
  createBackend(driver, { name: "test", feedTimeoutMs });

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** With a driver that does not notice it. */
async function close(backend: StoreBackend): Promise<void> {
  const closed = backend.close();
  await pass(20_000);
  await closed;
}

test("a sync that is never answered is a timeout of those who asked, and of nobody after them", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  let hung: AbortSignal | undefined;
  const sync = driver.sync as NonNullable<typeof driver.sync>;
  driver.sync = async (signal) => {
    driver.sync = sync;
    hung = signal;
    return new Promise(() => {});
  };
  const first = failure(backend.list("Job", undefined, "native"));
  await pass(1);
  // It would share the next one, and be told no sooner than after twice the time.
  const second = failure(backend.list("Job", undefined, "native"));
  await pass(feedTimeoutMs);
  for (const asked of [first, second])
    expect(await asked).toMatchObject({ code: "timeout", outcome: "none", retryable: true });
  expect((await backend.list("Job", undefined, "native")).items).toEqual([]);
  expect(hung?.aborted).toBe(true);
});

test("who waits for what became of another write waits once, and not for itself again", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const sync = driver.sync as NonNullable<typeof driver.sync>;
  let asked = 0;
  driver.sync = () => {
    asked++;
    return new Promise(() => {});
  };
  driver.at = (stage) => {
    if (stage === "response") throw new BackendError("timeout", "no answer");
  };
  expect((await failure(backend.apply("native", body("a")))).outcome).toBe("unknown");
  driver.at = () => {};
  const writes = ["1", "2", "3"].map((text) => failure(backend.apply("native", body("a", text))));
  await pass(feedTimeoutMs);
  for (const write of writes)
    expect(await write).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
  expect(asked).toBe(1);
  driver.sync = sync;
  await backend.apply("native", body("a", "4"));
  await close(backend);
});

test("what became of no write is kept no longer than somebody waits for it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const sync = driver.sync as NonNullable<typeof driver.sync>;
  driver.sync = () => Promise.reject(new BackendError("unavailable", "not connected"));
  driver.at = (stage) => {
    if (stage === "response") throw new BackendError("timeout", "no answer");
  };
  const writes = Array.from({ length: 1_000 }, (_, at) =>
    failure(backend.apply("native", body(`n${at}`))).then(({ outcome }) => outcome),
  );
  expect(new Set(await Promise.all(writes))).toEqual(new Set(["unknown"]));
  await pass(feedTimeoutMs);
  writes.length = 0;
  expect(queryObjects(BackendError, { format: "count" })).toBeLessThan(100);
  [driver.sync, driver.at] = [sync, () => {}];
  await close(backend);
});

test("close does not wait for a sync, and asks for none any more", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  let asked = 0;
  driver.sync = () => {
    asked++;
    return new Promise(() => {});
  };
  const reads = [1, 2].map(() => failure(backend.list("Job", undefined, "native")));
  await pass(1);
  const late = failure(backend.list("Job", undefined, "native"));
  await backend.close();
  for (const read of [...reads, late])
    expect(await read).toMatchObject({ code: "closed", outcome: "none" });
  expect(asked).toBe(1);
});

test("a connection that tells nothing while somebody waits is given up, and another one made", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const changes = driver.changes.bind(driver);
  let dead: AbortSignal | undefined;
  driver.changes = async (_, signal) => {
    dead = signal;
    driver.changes = changes;
    // Half open: it does not even notice that it is aborted.
    return nothingUntil(new Promise(() => {}));
  };
  const backend = await open(driver);
  const write = failure(backend.apply("native", body("a")));
  await pass(feedTimeoutMs - 1);
  expect([dead?.aborted, backend.diagnostics()["feed"]]).toEqual([
    false,
    { following: true, position: "0" },
  ]);
  await pass(1);
  expect(await write).toMatchObject({ code: "unavailable", outcome: "unknown", retryable: true });
  expect(dead?.aborted).toBe(true);
  await pass(100);
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  await close(backend);
});

test("a position that the feed never comes to is not waited for", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const sync = driver.sync as NonNullable<typeof driver.sync>;
  driver.sync = async (signal) => (await sync(signal)) + 5n;
  await using backend = await open(driver);
  const read = failure(backend.list("Job", undefined, "native"));
  await pass(feedTimeoutMs);
  expect(await read).toMatchObject({ code: "unavailable", outcome: "none", retryable: true });
  expect((await read).reason).toMatch(/nothing after position 0 .*somebody waits/);
});

test("a feed that moves is waited for", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  driver.at = (stage) =>
    stage === "event" ? new Promise((resolve) => setTimeout(resolve, 9_000)) : undefined;
  for (const name of ["x", "y", "z"]) driver.system.put(ref(name), body(name));
  const read = backend.get(ref("z"), "native");
  await pass(27_000);
  expect((await read).body).toEqual(body("z"));
});

test("an idle feed that nobody waits for may be silent for ever", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const first = driver.signal;
  await pass(10 * feedTimeoutMs);
  expect([driver.signal === first, first?.aborted]).toEqual([true, false]);
  expect(backend.diagnostics().lastError).toBeNull();
});

test("a load that hangs after a gap is given up and begun anew", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const signals: (AbortSignal | undefined)[] = [];
  const load = driver.load.bind(driver);
  driver.load = (signal) => {
    signals.push(signal);
    return signals.length > 1 ? load() : new Promise(() => {});
  };
  driver.system.put(ref("a"), body("a"));
  driver.system.compacted = driver.system.head;
  await pass(1);
  const read = failure(backend.list("Job", undefined, "native"));
  await pass(feedTimeoutMs);
  expect(await read).toMatchObject({ code: "unavailable", outcome: "none" });
  expect(signals[0]?.aborted).toBe(true);
  await pass(100);
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  await close(backend);
});

test("a load that outlasts patience has twice the time, and after one that ended ten times its own", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const load = driver.load.bind(driver);
  /** How long each load was waited for. */
  const waits: number[] = [];
  let loadMs = 35_000;
  driver.load = async (signal) => {
    const began = performance.now();
    signal?.addEventListener("abort", () => waits.push(performance.now() - began));
    await new Promise((resolve) => setTimeout(resolve, loadMs));
    return load();
  };
  const lose = async (name: string, ms: number): Promise<void> => {
    driver.system.put(ref(name), body(name));
    driver.system.compacted = driver.system.head;
    await pass(ms);
  };
  await lose("a", 70_000);
  expect(waits).toEqual([feedTimeoutMs, 2 * feedTimeoutMs, loadMs]);
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  loadMs = 400_000;
  await lose("b", 360_000);
  expect(waits[3]).toBe(10 * 35_000);
  await pass(loadMs);
  expect((await backend.get(ref("b"), "native")).body).toEqual(body("b"));
  loadMs = 0;
  await lose("c", 100);
  loadMs = 400_000;
  await lose("d", 2 * feedTimeoutMs);
  expect(waits.at(-1)).toBe(feedTimeoutMs);
  await close(backend);
});

test("a connection that is never made is given up and tried again", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const changes = driver.changes.bind(driver);
  const signals: AbortSignal[] = [];
  driver.changes = (from, signal) => {
    signals.push(signal);
    return signals.length > 1 ? changes(from, signal) : new Promise(() => {});
  };
  driver.at = (stage) => {
    if (stage === "event") throw new Error("no connection");
  };
  driver.system.put(ref("a"), body("a"));
  await pass(100);
  driver.at = () => {};
  const read = failure(backend.get(ref("a"), "native"));
  await pass(feedTimeoutMs);
  expect(await read).toMatchObject({ code: "unavailable", retryable: true });
  await pass(100);
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await close(backend);
});

test("without limit, everything is waited for", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await createBackend(driver, { name: "test", feedTimeoutMs: Infinity });
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  const write = backend.apply("native", body("a"));
  await pass(1e9);
  gate.open();
  expect(await write).toMatchObject({ operation: "created" });
  await backend.close();
});

test("who gives up is forgotten", async () => {
  const waiters = new PositionWaiters(0n);
  const controller = new AbortController();
  const waits = [1n, 2n].map((position) => waiters.wait(position, controller.signal));
  const aborted = Promise.allSettled(waits);
  expect(waiters.size).toBe(2);
  controller.abort(new Error("enough"));
  expect((await aborted).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(waiters.size).toBe(0);
  await expect(waiters.wait(1n, controller.signal)).rejects.toThrow("enough");
  expect(waiters.size).toBe(0);
});

test("a silent feed is asked to end at close, and waited for", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const log: string[] = [];
  driver.changes = async (_, signal) =>
    (async function* () {
      try {
        yield* silence(signal);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        log.push("feed freed");
      }
    })();
  driver.close = async () => void log.push("driver closed");
  const backend = await open(driver);
  const closed = backend.close();
  await pass(1_000);
  await closed;
  expect(log).toEqual(["feed freed", "driver closed"]);
});
