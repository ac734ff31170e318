/** What core promises around a driver that waits, fails or lies. */

import {
  BackendError,
  createBackend,
  type Cursor,
  type Driver,
  encodeEnvelope,
  encodeSnapshot,
  type FormatAdapter,
  type ResourceRef,
  StoreFailedError,
  type StoreBackend,
  type WatchEvent,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { Gate, MapDriver } from "./map-driver.ts";

const ref = (name: string): ResourceRef => ({ kind: "Job", name, namespace: "default" });
const body = (name: string, payload = "1"): Uint8Array =>
  encodeEnvelope({ ref: ref(name), payload: new TextEncoder().encode(payload) });
const open = (driver: MapDriver): Promise<StoreBackend> =>
  createBackend(driver, { name: "test", closeTimeoutMs: 50 });
const failure = async (promise: Promise<unknown>): Promise<BackendError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!BackendError.is(error)) throw new Error(`expected a BackendError, got ${String(error)}`);
  return error;
};
/** Lets everything run that can run without the outside world. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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

describe("a store that has failed", () => {
  test("is unavailable in every verb, and ends its watches with the error", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    await backend.apply("native", body("a"));
    const events = (await backend.watch("Job", undefined, "native"))[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i++) await events.next();
    const cause = new StoreFailedError("fsync failed: EIO");
    driver.before = () => {
      throw cause;
    };
    const next = failure(events.next());
    expect(await failure(backend.apply("native", body("b")))).toMatchObject({
      code: "unavailable",
      outcome: "unknown",
      cause,
    });
    expect(await next).toMatchObject({ code: "unavailable", backend: "test", verb: "watch" });
    driver.before = () => {};
    for (const call of [
      backend.apply("native", body("b")),
      backend.get(ref("a"), "native"),
      backend.list("Job", undefined, "native"),
      backend.delete(ref("a")),
      backend.watch("Job", undefined, "native"),
      backend.snapshot(),
      backend.restore(Uint8Array.of(0x80)),
    ]) {
      expect(await failure(call)).toMatchObject({
        code: "unavailable",
        outcome: "none",
        retryable: false,
        cause,
      });
    }
    expect(backend.diagnostics()).toMatchObject({ state: "failed", counts: { subscribers: 0 } });
  });
});

describe("damage", () => {
  const damage = {
    where: "Job/default/bad",
    reason: "it is torn",
    known: { kind: "Job", namespace: "default", name: "bad" },
  };

  test("concerns the verbs that would include it, and no others", async () => {
    const driver = new MapDriver();
    driver.damaged = [damage];
    await using backend = await open(driver);
    await backend.apply("native", body("good"));
    await backend.get(ref("good"), "native");
    await backend.list("Job", "elsewhere", "native");
    await backend.list("Pod", undefined, "native");
    for (const call of [
      backend.get(ref("bad"), "native"),
      backend.list("Job", undefined, "native"),
      backend.list("Job", "default", "native"),
      backend.watch("Job", undefined, "native"),
      backend.snapshot(),
    ]) {
      const error = await failure(call);
      expect(error.code).toBe("corrupt");
      expect(error.message).toContain("Job/default/bad");
    }
    expect(backend.diagnostics()).toMatchObject({
      counts: { damaged: 1 },
      damaged: [{ where: "Job/default/bad" }],
    });
  });

  test.each([
    ["apply", (backend: StoreBackend): Promise<unknown> => backend.apply("native", body("bad"))],
    ["delete", (backend: StoreBackend): Promise<unknown> => backend.delete(ref("bad"))],
    ["restore", (backend: StoreBackend): Promise<unknown> => backend.restore(Uint8Array.of(0x80))],
  ])("%s repairs it", async (verb, repair) => {
    const driver = new MapDriver();
    driver.damaged = [damage];
    await using backend = await open(driver);
    await repair(backend);
    expect((await backend.list("Job", undefined, "native")).items).toHaveLength(
      verb === "apply" ? 1 : 0,
    );
    await backend.snapshot();
    expect(driver.steps.map((step) => step.ref)).toEqual([ref("bad")]);
  });

  test("an entry whose bytes are not its envelope is damage, found by core", async () => {
    const driver = new MapDriver();
    driver.stored.set("a", { ref: ref("a"), envelope: Uint8Array.of(1, 2, 3) });
    driver.stored.set("b", { ref: ref("b"), envelope: body("another") });
    await using backend = await open(driver);
    expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({ code: "corrupt" });
    expect((await failure(backend.get(ref("b"), "native"))).message).toContain(
      "Job default/another",
    );
    expect(backend.resourceCount()).toBe(0);
  });

  test("a conditional write does not take damage for absence", async () => {
    const driver = new MapDriver();
    driver.damaged = [damage];
    await using backend = await open(driver);
    expect(
      await failure(backend.apply("native", body("bad"), { ifRevision: "absent" })),
    ).toMatchObject({ code: "conflict" });
  });
});

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

describe("kinds that the system owns", () => {
  const kinds = [
    { kind: "Job", scope: "namespaced", defaultNamespace: "main", names: "[a-z]+" },
    { kind: "Node", scope: "cluster" },
    { kind: "Pod", scope: "namespaced", formats: ["yaml"], maxBodyBytes: 200 },
  ] as const;
  const manifest = (kind: string, name: string, namespace?: string): Uint8Array =>
    new TextEncoder().encode(
      JSON.stringify({ apiVersion: "v1", kind, metadata: { name, namespace } }),
    );

  test("a missing namespace is the kind's default in every verb, and results say it", async () => {
    await using backend = await createBackend(new MapDriver(), {
      name: "test",
      capabilities: { kinds },
    });
    const full = { kind: "Job", name: "a", namespace: "main" };
    expect((await backend.apply("json", manifest("Job", "a"))).ref).toEqual(full);
    expect((await backend.get({ kind: "Job", name: "a" }, "json")).ref).toEqual(full);
    await backend.delete({ kind: "Job", name: "a" });
  });

  test.each([
    ["another kind", "json", manifest("Secret", "a"), { code: "invalid_reference", field: "kind" }],
    ["another name", "json", manifest("Job", "A1"), { code: "invalid_reference", field: "name" }],
    [
      "a namespace on a cluster-scoped kind",
      "json",
      manifest("Node", "a", "b"),
      { code: "invalid_reference", field: "namespace" },
    ],
    [
      "no namespace on a namespaced kind",
      "yaml",
      manifest("Pod", "a"),
      { code: "invalid_reference", field: "namespace" },
    ],
    ["another format", "json", manifest("Pod", "a", "b"), { code: "unsupported_format" }],
    ["a larger body", "yaml", manifest("Pod", "a".repeat(200), "b"), { code: "too_large" }],
  ])("%s is refused", async (_, format, bytes, expected) => {
    await using backend = await createBackend(new MapDriver(), {
      name: "test",
      capabilities: { kinds },
    });
    expect(await failure(backend.apply(format, bytes))).toMatchObject(expected);
    expect(backend.resourceCount()).toBe(0);
  });
});

test("a driver that cannot load is closed, and its error passed on", async () => {
  const driver = new MapDriver();
  driver.load = () => Promise.reject(new BackendError("locked", "somebody has it"));
  expect(await failure(open(driver))).toMatchObject({ code: "locked" });
  expect(driver.isClosed).toBe(true);
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

describe("a Node Buffer, whose slice is a view", () => {
  test("is copied by apply and restore, and is not what reads return", async () => {
    await using backend = await open(new MapDriver());
    const given = Buffer.from(body("a"));
    await backend.apply("native", given);
    given.fill(0);
    expect([...(await backend.get(ref("a"), "native")).body]).toEqual([...body("a")]);
    const snapshot = Buffer.from(encodeSnapshot([{ ref: ref("b"), envelope: body("b") }]));
    await backend.restore(snapshot);
    snapshot.fill(0);
    expect([...(await backend.get(ref("b"), "native")).body]).toEqual([...body("b")]);
  });

  test("that a driver loads is not what readers get", async () => {
    const driver = new MapDriver();
    driver.stored.set("a", { ref: ref("a"), envelope: Buffer.from(body("a")) });
    await using backend = await open(driver);
    (await backend.get(ref("a"), "native")).body.fill(0);
    expect([...(await backend.get(ref("a"), "native")).body]).toEqual([...body("a")]);
  });
});

describe("an adapter of somebody else's", () => {
  const toml = (parts: Partial<FormatAdapter>): FormatAdapter => ({
    name: "toml",
    format: "toml",
    reference: () => ref("a"),
    ...parts,
  });
  const json = new TextEncoder().encode(
    '{"apiVersion":"v1","kind":"Job","metadata":{"name":"a","namespace":"default"}}',
  );

  test("that cannot print is no trouble to writers and to other formats", async () => {
    const print = (): never => {
      throw new BackendError("too_large", "more than fits");
    };
    const adapters = [toml({ print })];
    await using backend = await createBackend(new MapDriver(), { name: "test", adapters });
    const events = (await backend.watch("Job", undefined, "toml"))[Symbol.asyncIterator]();
    await events.next();
    const next = events.next();
    await backend.apply("json", json);
    expect((await next).value).toMatchObject({ type: "added", resource: { format: "json" } });
    expect(await failure(backend.get(ref("a"), "toml"))).toMatchObject({
      code: "unsupported_format",
    });
  });

  test("that throws by accident is internal", async () => {
    const reference = (): never => {
      throw new TypeError("cannot read properties of undefined");
    };
    const adapters = [toml({ reference })];
    await using backend = await createBackend(new MapDriver(), { name: "test", adapters });
    expect(await failure(backend.apply("toml", json))).toMatchObject({
      code: "internal",
      outcome: "none",
      verb: "apply",
    });
  });
});

test("a doubt about what cannot be read ends as damage, which a write repairs", async () => {
  const driver = Object.assign(new MapDriver(), {
    read: () => Promise.reject(new BackendError("corrupt", "it is torn")),
  });
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  driver.after = () => {
    throw new Error("EIO");
  };
  await failure(backend.apply("native", body("a", "2")));
  driver.after = () => {};
  await settle();
  expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({ code: "corrupt" });
  expect(await backend.apply("native", body("a", "3"))).toMatchObject({ operation: "replaced" });
  await backend.get(ref("a"), "native");
});

test("a native body without its kind's default namespace travels with the full reference", async () => {
  const kinds = [{ kind: "Job", defaultNamespace: "main" }] as const;
  const driver = new MapDriver();
  await using backend = await createBackend(driver, { name: "test", capabilities: { kinds } });
  const payload = Uint8Array.of(1);
  await backend.apply("native", encodeEnvelope({ ref: { kind: "Job", name: "a" }, payload }));
  const full = { kind: "Job", name: "a", namespace: "main" };
  expect((await backend.get(full, "native")).body).toEqual(encodeEnvelope({ ref: full, payload }));
  await backend.restore(await backend.snapshot());
  await using reopened = await createBackend(driver, { name: "test", capabilities: { kinds } });
  expect(reopened.diagnostics()).toMatchObject({ counts: { resources: 1, damaged: 0 } });
});

test.each(["NaN", "0.5", "-1", "1e0", "9007199254740993", ""])(
  "the cursor <epoch>-%s is none of the store's",
  async (tail) => {
    await using backend = await open(new MapDriver());
    const { cursor } = await backend.list("Job", undefined, "native");
    const since = `${cursor.slice(0, cursor.lastIndexOf("-"))}-${tail}` as Cursor;
    const watch = await backend.watch("Job", undefined, "native", { since });
    expect((await watch[Symbol.asyncIterator]().next()).value).toMatchObject({ type: "reset" });
  },
);

test.each([0, -1, 1.5])(
  "a driver with maxConcurrentWrites %j does not open",
  async (maxConcurrentWrites) => {
    const driver = Object.assign(new MapDriver(), { maxConcurrentWrites });
    await expect(open(driver)).rejects.toThrow(TypeError);
    expect(driver.isClosed).toBe(true);
  },
);

test("a close that fails does not hide why the store did not open", async () => {
  const driver = new MapDriver();
  driver.load = () => Promise.reject(new Error("no such table"));
  driver.close = () => Promise.reject(new Error("not open"));
  expect(await failure(open(driver))).toMatchObject({
    code: "internal",
    reason: "no such table",
    verb: "open",
    backend: "test",
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

test("applying the bytes from before the damage repairs it too", async () => {
  const driver = Object.assign(new MapDriver(), {
    read: () => Promise.reject(new BackendError("corrupt", "it is torn")),
  });
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  driver.after = () => {
    throw new Error("EIO");
  };
  await failure(backend.apply("native", body("a", "2")));
  driver.after = () => {};
  await settle();
  await backend.apply("native", body("a"));
  expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
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

test("an envelope that is mostly not payload is too large, in apply and in restore", async () => {
  await using backend = await open(new MapDriver());
  const small = encodeEnvelope({ ref: ref("a"), payload: Uint8Array.of(1) });
  const padding = new Uint8Array(70_000);
  const head = Uint8Array.of(0xa3, 0x61, 0x7a, 0x5a, 0, 1, 0x11, 0x70);
  const envelope = Uint8Array.of(...head, ...padding, ...small.slice(1));
  expect(await failure(backend.apply("native", envelope))).toMatchObject({ code: "too_large" });
  const snapshot = encodeSnapshot([{ ref: ref("a"), envelope }]);
  expect(await failure(backend.restore(snapshot))).toMatchObject({ code: "too_large" });
});

test.each([
  { restore: "atomic" },
  { externalWrites: true },
  { sharing: "shared", externalWrites: true },
  { fidelity: "semantic" },
  { maxBodyBytes: -1 },
  { formats: ["yaml", "toml"] },
] as const)("a Driver cannot claim %j", async (capabilities) => {
  const driver = new MapDriver();
  await expect(createBackend(driver, { name: "test", capabilities })).rejects.toThrow(TypeError);
  expect(driver.isClosed).toBe(true);
});

test.each(["load", "put", "remove", "close"])(
  "a driver without %s does not open",
  async (method) => {
    const driver = Object.assign(new MapDriver(), { [method]: undefined });
    await expect(open(driver)).rejects.toThrow(`driver.${method} must be a function`);
  },
);
