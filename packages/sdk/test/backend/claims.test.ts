/** What core holds drivers and callers to: claims, kinds, sizes, cursors. */

import {
  BackendError,
  createBackend,
  type Cursor,
  encodeEnvelope,
  encodeSnapshot,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { SharedSystem, SystemDriver } from "./feed/shared-system.ts";
import { MapDriver } from "./map-driver.ts";
import { failure, open, ref } from "./support.ts";

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

test.each([
  [{ externalWrites: false }, {}],
  [{ reads: "linearizable" }, { hasSync: false }],
] as const)("a Driver with changes cannot claim %j: %j", async (capabilities, options) => {
  const driver = new SystemDriver(new SharedSystem(), options);
  await expect(createBackend(driver, { name: "test", capabilities })).rejects.toThrow(TypeError);
});

test("a Driver with changes can claim a shared store", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const capabilities = { sharing: "shared", reads: "read-your-writes" } as const;
  await using backend = await createBackend(driver, { name: "test", capabilities });
  expect(backend.capabilities).toMatchObject(capabilities);
});

test("a Driver with sync and without changes does not open", async () => {
  const driver = Object.assign(new MapDriver(), { sync: async () => 0n });
  await expect(open(driver)).rejects.toThrow("driver.sync needs driver.changes");
});

test.each([0, -1, 1.5])(
  "a driver with maxConcurrentWrites %j does not open",
  async (maxConcurrentWrites) => {
    const driver = Object.assign(new MapDriver(), { maxConcurrentWrites });
    await expect(open(driver)).rejects.toThrow(TypeError);
    expect(driver.isClosed).toBe(true);
  },
);

test.each(["load", "put", "remove", "close"])(
  "a driver without %s does not open",
  async (method) => {
    const driver = Object.assign(new MapDriver(), { [method]: undefined });
    await expect(open(driver)).rejects.toThrow(`driver.${method} must be a function`);
  },
);

test("a driver that cannot load is closed, and its error passed on", async () => {
  const driver = new MapDriver();
  driver.load = () => Promise.reject(new BackendError("locked", "somebody has it"));
  expect(await failure(open(driver))).toMatchObject({ code: "locked" });
  expect(driver.isClosed).toBe(true);
});

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

test("a kind that is no text for a message is escaped in it", async () => {
  await using backend = await open(new MapDriver());
  const { message } = await failure(backend.list("a\u0085b", undefined, "toml"));
  expect(message).toContain("a\\u0085b is not read or written");
});

describe("what cannot be is refused before anything is opened", () => {
  const opened = async (options: object, change: object = {}): Promise<unknown> => {
    const driver = Object.assign(new SystemDriver(new SharedSystem()), change);
    const error: unknown = await createBackend(driver, { name: "test", ...options }).catch(
      (reason: unknown) => reason,
    );
    expect([driver.loads, driver.isClosed]).toEqual([0, true]);
    return error;
  };

  test.each([
    ["feedTimeoutMs", 0, RangeError],
    ["feedTimeoutMs", -1, RangeError],
    ["feedTimeoutMs", Number.NaN, RangeError],
    ["closeTimeoutMs", 0, RangeError],
    ["closeTimeoutMs", "10", TypeError],
  ] as const)("%s of %s", async (option, value, type) => {
    const error = await opened({ [option]: value });
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(option);
  });

  test.each(["sync", "changes", "read", "replaceAll", "confirm", "mintRevision", "diagnostics"])(
    "driver.%s that is no function",
    async (method) => {
      const error = await opened({}, { [method]: true });
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain(`driver.${method}`);
    },
  );

  test("a kind's names that are no pattern", async () => {
    const kinds = [{ kind: "Job", scope: "cluster", names: "(" }] as const;
    const error = await opened({ capabilities: { kinds } });
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain('the names of Job, "("');
  });
});

test("more time than a timer takes is no limit", async () => {
  const options = { name: "test", closeTimeoutMs: 2 ** 31, feedTimeoutMs: Infinity };
  await using backend = await createBackend(new SystemDriver(new SharedSystem()), options);
  expect(backend.capabilities.sharing).toBe("shared");
});
