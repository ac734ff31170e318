/** Writes beside other writers: what their callers are told, and when. */

import { BackendError, encodeSnapshot, type Revision, type StoreBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref, settle } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { open } from "./support.ts";

const text = async (backend: StoreBackend): Promise<string> =>
  new TextDecoder().decode((await backend.get(ref("a"), "native")).body.slice(-1));

test("a driver with changes claims external writes; without sync, its reads are its own writes", async () => {
  const system = new SharedSystem();
  await using linearizable = await open(new SystemDriver(system));
  expect(linearizable.capabilities).toMatchObject({ externalWrites: true, reads: "linearizable" });
  await using own = await open(new SystemDriver(system, { hasSync: false }));
  expect(own.capabilities).toMatchObject({ externalWrites: true, reads: "read-your-writes" });
});

test("a write resolves when the feed has told it, with the system's revision", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  let told: unknown;
  const write = backend.apply("native", body("a")).then((result) => (told = result));
  await settle();
  expect(driver.system.head).toBe(1);
  expect([told, backend.resourceCount()]).toEqual([undefined, 0]);
  gate.open();
  expect(await write).toMatchObject({ operation: "created", revision: "s-1" });
  expect(backend.resourceCount()).toBe(1);
});

test("a write with nothing before it that readers do not see is shown at once, and told once", async () => {
  const driver = new SystemDriver(new SharedSystem(), { tellsPrevious: true });
  await using backend = await open(driver);
  await using watch = await backend.watch("Job", undefined, "native");
  const events = watch[Symbol.asyncIterator]();
  await events.next();
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  const first = await backend.apply("native", body("a", "1"));
  expect(first).toMatchObject({ operation: "created", revision: "s-1" });
  await backend.delete(ref("a"));
  expect(backend.resourceCount()).toBe(0);
  driver.system.put(ref("b"), body("b", "theirs"));
  const last = backend.apply("native", body("a", "2"));
  await settle();
  expect(backend.resourceCount()).toBe(0);
  gate.open();
  expect(await last).toMatchObject({ operation: "created", revision: "s-4" });
  const told = [];
  for (let i = 0; i < 4; i++) told.push((await events.next()).value);
  expect(told.map((event) => `${event?.type} ${event?.resource?.ref.name}`)).toEqual([
    "added a",
    "deleted a",
    "added b",
    "added a",
  ]);
});

test("a change from before a write is told before it, and never over it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await using watch = await backend.watch("Job", undefined, "native");
  const events = watch[Symbol.asyncIterator]();
  await events.next();
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  driver.system.put(ref("a"), body("a", "1"));
  driver.system.remove(ref("a"));
  const write = backend.apply("native", body("a", "2"));
  await settle();
  gate.open();
  expect(await write).toMatchObject({ operation: "created", revision: "s-3" });
  expect(await text(backend)).toBe("2");
  const told = [await events.next(), await events.next(), await events.next()];
  expect(told.map(({ value }) => value?.type)).toEqual(["added", "deleted", "added"]);
});

test("a write that another one has overtaken is judged again by what is there", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  let isFirst = true;
  driver.at = (stage) => {
    if (stage === "request" && isFirst) driver.system.put(ref("a"), body("a", "theirs"));
    if (stage === "request") isFirst = false;
  };
  expect(await backend.apply("native", body("a", "ours"))).toMatchObject({ operation: "replaced" });
  expect(driver.expectations).toEqual(["absent", "s-1"]);
});

test("a condition that holds in the mirror and not in the system is a conflict", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const { revision } = await backend.apply("native", body("a", "1"));
  driver.at = (stage) => {
    if (stage === "request") driver.system.put(ref("a"), body("a", "2"));
  };
  const write = backend.apply("native", body("a", "3"), { ifRevision: revision });
  expect(await failure(write)).toMatchObject({ code: "conflict", outcome: "none" });
  expect(driver.expectations).toHaveLength(2);
});

test("nothing is refused, and nothing called unchanged, by a mirror that is behind", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const { revision } = await backend.apply("native", body("a", "1"));
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  driver.system.put(ref("a"), body("a", "2"));
  const theirs = "s-2" as Revision;
  const same = backend.apply("native", body("a", "1"));
  const other = backend.apply("native", body("a", "3"), { ifRevision: theirs });
  await settle();
  gate.open();
  expect(await same).toMatchObject({ operation: "replaced" });
  expect((await same).revision).not.toBe(revision);
  expect(await failure(other)).toMatchObject({ code: "conflict" });
});

test("a conflict that is none of the mirror's is the caller's", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  driver.at = (stage) => {
    if (stage === "request") throw new BackendError("conflict", "somebody else's object");
  };
  const error = await failure(backend.apply("native", body("a")));
  expect(error).toMatchObject({ code: "conflict", reason: expect.stringContaining("somebody") });
});

test("reads are linearizable: they wait for what was acknowledged to others", async () => {
  const system = new SharedSystem();
  const driver = new SystemDriver(system);
  await using backend = await open(driver);
  await using other = await open(new SystemDriver(system));
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  await other.apply("native", body("a", "1"));
  const reads = Promise.all([
    backend.get(ref("a"), "native"),
    backend.list("Job", undefined, "native"),
    backend.snapshot(),
  ]);
  await settle();
  gate.open();
  const [resource, list, snapshot] = await reads;
  expect(resource.body).toEqual(body("a", "1"));
  expect(list.items).toHaveLength(1);
  expect(snapshot).toEqual(await other.snapshot());
});

test("reads at the same time ask the system once", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  let calls = 0;
  driver.at = (stage) => void (stage === "sync request" && calls++);
  await Promise.all(Array.from({ length: 50 }, () => backend.list("Job", undefined, "native")));
  expect(calls).toBeLessThanOrEqual(2);
});

test("a reader whose signal is aborted waits no longer", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const gate = new Gate();
  driver.at = (stage) => (stage === "sync response" ? gate.passed : undefined);
  const controller = new AbortController();
  const read = failure(backend.get(ref("a"), "native", { signal: controller.signal }));
  await settle();
  controller.abort();
  expect(await read).toMatchObject({ code: "aborted", outcome: "none" });
  gate.open();
});

test("a write of unknown outcome is found out before the next one", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  driver.at = (stage) => {
    if (stage === "response") throw new Error("connection lost");
  };
  expect(await failure(backend.apply("native", body("a", "1")))).toMatchObject({
    outcome: "unknown",
  });
  driver.at = () => {};
  expect(await backend.apply("native", body("a", "1"))).toMatchObject({ operation: "unchanged" });
});

test("a write that may land yet is kept from it: the bytes that are there are put once more", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const { revision } = await backend.apply("native", body("a", "1"));
  const gate = new Gate();
  driver.isSlow = () => true;
  driver.at = (stage) => (stage === "late" ? gate.passed : undefined);
  expect(await failure(backend.apply("native", body("a", "2")))).toMatchObject({
    outcome: "unknown",
  });
  driver.isSlow = () => false;
  const again = await backend.apply("native", body("a", "1"));
  expect(again).toMatchObject({ operation: "replaced" });
  expect(again.revision).not.toBe(revision);
  gate.open();
  await settle();
  expect([driver.late, await text(backend)]).toEqual([[], "1"]);
  expect(await backend.apply("native", body("a", "1"))).toMatchObject({ operation: "unchanged" });
});

test("without sync, it is found out by how far a load has come", async () => {
  const driver = new SystemDriver(new SharedSystem(), { hasSync: false });
  await using backend = await open(driver);
  const gate = new Gate();
  driver.at = (stage) => {
    if (stage === "response") throw new Error("connection lost");
    return stage === "event" ? gate.passed : undefined;
  };
  await failure(backend.apply("native", body("a", "1")));
  const again = backend.apply("native", body("a", "1"));
  await settle();
  gate.open();
  expect(await again).toMatchObject({ operation: "unchanged" });
  expect(driver.loads).toBe(2);
});

test("a driver that does not say where its write stands is told so", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const put = driver.put.bind(driver);
  driver.put = async (...args) => void (await put(...args)) as never;
  await using backend = await open(driver);
  expect(await failure(backend.apply("native", body("a")))).toMatchObject({
    code: "internal",
    outcome: "unknown",
    reason: expect.stringContaining("driver.put must give a position"),
  });
});

test("a restore beside another writer: one reset, and what the feed told meanwhile is in it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("old"));
  await using watch = await backend.watch("Job", undefined, "native");
  const events = watch[Symbol.asyncIterator]();
  for (let i = 0; i < 2; i++) await events.next();
  let isFirst = true;
  driver.at = (stage) => {
    if (stage === "response" && isFirst) {
      isFirst = false;
      driver.system.put(ref("theirs"), body("theirs"));
    }
  };
  await backend.restore(encodeSnapshot([{ ref: ref("a"), envelope: body("a") }]));
  await settle();
  const told = [];
  for (const _ of "123") told.push((await events.next()).value);
  expect(told.map((event) => event?.type)).toEqual(["reset", "added", "bookmark"]);
  expect([...driver.system.state.values()].map((entry) => entry.ref.name)).toEqual(["a"]);
});

test("close ends the feed, and those that wait for it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  const backend = await open(driver);
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  const write = failure(backend.apply("native", body("a")));
  await settle();
  await backend.close();
  expect(await write).toMatchObject({ code: "closed", outcome: "unknown" });
  expect([driver.signal?.aborted, driver.isClosed]).toEqual([true, true]);
  gate.open();
});
