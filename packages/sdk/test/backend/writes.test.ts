/** Writes through a driver that waits or fails: order, outcomes, abort, close. */

import { BackendError, encodeSnapshot, StoreFailedError, type WatchEvent } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { Gate, MapDriver } from "./map-driver.ts";
import { body, failure, open, ref, settle } from "./support.ts";

describe("order", () => {
  test("nothing is visible before the driver has it", async () => {
    const driver = new MapDriver();
    const gate = new Gate();
    driver.before = () => gate.passed;
    await using backend = await open(driver);
    const watch = await backend.watch("Job", undefined, "native");
    const events = watch[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: "bookmark" });
    let seen: WatchEvent | undefined;
    const next = events.next().then(({ value }) => {
      seen = value;
    });
    const write = backend.apply("native", body("a"));
    await settle();
    expect(backend.resourceCount()).toBe(0);
    expect(seen).toBeUndefined();
    gate.open();
    await write;
    await next;
    expect(seen).toMatchObject({ type: "added" });
  });

  test("writes of one reference run one after another, others beside them, up to the driver's limit", async () => {
    const driver = Object.assign(new MapDriver(), { maxConcurrentWrites: 2 });
    const gates = new Map([..."abc"].map((name) => [name, new Gate()]));
    driver.before = (step) => gates.get(step.ref.name)?.passed;
    await using backend = await open(driver);
    const writes = [..."aabc"].map((name, i) => backend.apply("native", body(name, `${i}`)));
    await settle();
    expect(driver.steps.map((step) => step.ref.name)).toEqual(["a", "b"]);
    gates.get("b")?.open();
    await settle();
    expect(driver.steps.map((step) => step.ref.name)).toEqual(["a", "b", "c"]);
    gates.get("a")?.open();
    gates.get("c")?.open();
    await Promise.all(writes);
    expect(driver.steps.map((step) => step.ref.name)).toEqual(["a", "b", "c", "a"]);
  });

  test("a restore waits for the writes before it and holds up those after it", async () => {
    const driver = new MapDriver();
    const gate = new Gate();
    driver.before = (step) => (step.ref.name === "before" ? gate.passed : undefined);
    await using backend = await open(driver);
    const before = backend.apply("native", body("before"));
    const restore = backend.restore(
      encodeSnapshot([{ ref: ref("restored"), envelope: body("restored") }]),
    );
    const after = backend.apply("native", body("after"));
    await settle();
    expect(driver.steps.map((step) => step.ref.name)).toEqual(["before"]);
    gate.open();
    await Promise.all([before, restore, after]);
    expect(driver.steps.map(({ verb, ref: { name } }) => `${verb} ${name}`)).toEqual([
      "put before",
      "put restored",
      "remove before",
      "put after",
    ]);
  });
});

describe("a write with an unknown outcome", () => {
  test("that landed after all is seen by watches and reads", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    const events = (await backend.watch("Job", undefined, "native"))[Symbol.asyncIterator]();
    await events.next();
    driver.after = () => {
      throw new Error("connection lost");
    };
    const error = await failure(backend.apply("native", body("a")));
    expect(error).toMatchObject({
      code: "internal",
      outcome: "unknown",
      verb: "apply",
      backend: "test",
    });
    driver.after = () => {};
    expect((await events.next()).value).toMatchObject({
      type: "added",
      resource: { ref: ref("a") },
    });
    expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  });

  test("that did not land leaves no trace", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    await backend.apply("native", body("a"));
    driver.before = () => {
      throw new Error("timed out");
    };
    expect((await failure(backend.delete(ref("a")))).outcome).toBe("unknown");
    driver.before = () => {};
    expect(await backend.apply("native", body("a", "2"))).toMatchObject({ operation: "replaced" });
  });

  test("is cleared up before the next write of that resource, or that write is refused", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    const load = driver.load.bind(driver);
    driver.after = () => {
      throw new Error("connection lost");
    };
    driver.load = () => Promise.reject(new Error("still no connection"));
    await failure(backend.apply("native", body("a")));
    expect(await failure(backend.apply("native", body("a", "2")))).toMatchObject({
      code: "unavailable",
      outcome: "none",
    });
    driver.after = () => {};
    driver.load = load;
    expect(await backend.apply("native", body("a", "2"))).toMatchObject({ operation: "replaced" });
  });

  test("a BackendError of the driver keeps its code and outcome", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    driver.before = () => {
      throw new BackendError("no_space", "the disk is full");
    };
    const error = await failure(backend.apply("native", body("a")));
    expect(error).toMatchObject({ code: "no_space", outcome: "none", ref: ref("a") });
    expect(error.message).toBe("[no_space] test: apply Job default/a: the disk is full");
  });
});

test("a driver's error that says no outcome is taken for unknown where that is likely", async () => {
  const driver = new MapDriver();
  await using backend = await open(driver);
  driver.after = () => {
    throw new BackendError("timeout", "no answer");
  };
  expect(await failure(backend.apply("native", body("a")))).toMatchObject({
    code: "timeout",
    outcome: "unknown",
  });
  driver.after = () => {};
  await settle();
  await backend.get(ref("a"), "native");
});

describe("abort", () => {
  test("of a write in the queue leaves nothing, and is told at once", async () => {
    const driver = new MapDriver();
    const gate = new Gate();
    driver.before = () => gate.passed;
    await using backend = await open(driver);
    const first = backend.apply("native", body("a", "1"));
    const controller = new AbortController();
    const second = failure(backend.apply("native", body("a", "2"), { signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await second).toMatchObject({ code: "aborted", outcome: "none" });
    gate.open();
    await first;
    await settle();
    expect(driver.steps).toHaveLength(1);
  });

  test("of a write that the driver has is unknown; what becomes of it is seen", async () => {
    const driver = new MapDriver();
    const gate = new Gate();
    driver.before = () => gate.passed;
    await using backend = await open(driver);
    const controller = new AbortController();
    const write = failure(backend.apply("native", body("a"), { signal: controller.signal }));
    await settle();
    controller.abort();
    expect(await write).toMatchObject({ code: "aborted", outcome: "unknown" });
    gate.open();
    expect(await backend.apply("native", body("a"))).toMatchObject({ operation: "unchanged" });
  });

  test("leaves no listener on the caller's signal", async () => {
    await using backend = await open(new MapDriver());
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await backend.apply("native", body("a"), { signal });
    await failure(backend.delete(ref("missing"), { signal }));
    const watch = await backend.watch("Job", undefined, "native", { signal });
    expect(listeners).toBe(1);
    await watch.close();
    expect(listeners).toBe(0);
  });
});

describe("a driver that cannot mint a revision", () => {
  const unable = (error: Error): MapDriver =>
    Object.assign(new MapDriver(), {
      mintRevision: () => {
        throw error;
      },
    });

  test.each([new Error("boom"), new TypeError("x is undefined")])(
    "is an internal error, and nothing was written: %s",
    async (error) => {
      await using backend = await open(unable(error));
      const told = await failure(backend.apply("native", body("a")));
      expect(told).toMatchObject({ code: "internal", outcome: "none" });
      expect(backend.diagnostics().state).toBe("open");
    },
  );

  test("and has failed for good ends the store", async () => {
    await using backend = await open(unable(new StoreFailedError("boom")));
    expect(await failure(backend.apply("native", body("a")))).toMatchObject({
      code: "unavailable",
    });
    expect(backend.diagnostics().state).toBe("failed");
  });
});

describe("close", () => {
  test("waits for accepted writes, then closes the driver", async () => {
    const driver = new MapDriver();
    const gate = new Gate();
    driver.before = () => gate.passed;
    const backend = await open(driver);
    const write = backend.apply("native", body("a"));
    await settle();
    const closing = backend.close();
    expect(driver.isClosed).toBe(false);
    gate.open();
    await closing;
    expect(driver.isClosed).toBe(true);
    expect(await write).toMatchObject({ operation: "created" });
  });

  test("reports a write that does not end as unknown", async () => {
    const driver = new MapDriver();
    driver.before = () => new Promise(() => {});
    const backend = await open(driver);
    const running = failure(backend.apply("native", body("a", "1")));
    const queued = failure(backend.apply("native", body("a", "2")));
    await settle();
    await backend.close();
    expect(await running).toMatchObject({ code: "closed", outcome: "unknown" });
    expect(await queued).toMatchObject({ code: "closed", outcome: "none" });
  });
});
