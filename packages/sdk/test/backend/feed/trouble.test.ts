/** Feeds that break, stay broken, or have lost changes. */

import { BackendError, StoreFailedError } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Gate } from "../map-driver.ts";
import { body, failure, ref } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { broken, eventsOf, open, until } from "./support.ts";

test("trouble that passes is not seen: events go on where they were", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const next = await eventsOf(backend);
  await next();
  const mend = broken(driver, "event");
  driver.system.put(ref("a"), body("a", "1"));
  driver.system.put(ref("a"), body("a", "2"));
  await until(() => backend.diagnostics().lastError !== null);
  expect(backend.diagnostics()).toMatchObject({
    state: "open",
    lastError: "the system's changes: no connection",
    feed: { following: false, position: "0" },
  });
  mend();
  expect([(await next())?.type, (await next())?.type]).toEqual(["added", "modified"]);
  expect(backend.diagnostics()).toMatchObject({ feed: { following: true, position: "2" } });
});

test("a feed that ends by itself is followed anew", async () => {
  const driver = new SystemDriver(new SharedSystem());
  let feeds = 0;
  const changes = driver.changes.bind(driver);
  driver.changes = async (from, signal) => {
    if (feeds++ > 0) return changes(from, signal);
    return (async function* () {})();
  };
  await using backend = await open(driver);
  expect(await backend.apply("native", body("a"))).toMatchObject({ operation: "created" });
});

test("a gap is read anew: one reset, even if nothing is different", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a", "1"));
  const next = await eventsOf(backend);
  for (const _ of "12") await next();
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  driver.system.put(ref("a"), body("a", "2"));
  driver.system.put(ref("a"), body("a", "3"));
  driver.system.compacted = driver.system.head;
  gate.open();
  const told = [await next(), await next(), await next()];
  expect(told.map((event) => event?.type)).toEqual(["reset", "added", "bookmark"]);
  expect(told[1]).toMatchObject({ resource: { body: body("a", "3") } });
  expect(driver.gaps).toBe(1);

  // A resource that came and went in the gap was missed as well.
  driver.system.put(ref("b"), body("b"));
  driver.system.remove(ref("b"));
  driver.system.compacted = driver.system.head;
  const again = [await next(), await next(), await next()];
  expect(again.map((event) => event?.type)).toEqual(["reset", "added", "bookmark"]);
});

test("a cursor from before a gap is a reset, one from before trouble that passed is not", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const { cursor } = await backend.list("Job", undefined, "native");
  const mend = broken(driver, "event");
  driver.system.put(ref("a"), body("a"));
  await until(() => backend.diagnostics().lastError !== null);
  mend();
  const resume = async (): Promise<string | undefined> => {
    const watch = await backend.watch("Job", undefined, "native", { since: cursor });
    return (await watch[Symbol.asyncIterator]().next()).value?.type;
  };
  expect(await resume()).toBe("added");
  const gate = new Gate();
  driver.at = (stage) => (stage === "event" ? gate.passed : undefined);
  driver.system.put(ref("a"), body("a", "2"));
  driver.system.compacted = driver.system.head;
  gate.open();
  await until(() => driver.loads === 2);
  expect(await resume()).toBe("reset");
});

test("trouble that stays rejects watches and makes verbs unavailable, until it has passed", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver, 20);
  const { cursor } = await backend.list("Job", undefined, "native");
  const next = await eventsOf(backend);
  await next();
  const write = new Gate();
  const mend = broken(driver, "event");
  const waiting = failure(backend.apply("native", body("a", "1")));
  const ended = failure(next());
  expect(await ended).toMatchObject({ code: "unavailable", verb: "watch", retryable: true });
  expect(await waiting).toMatchObject({ code: "unavailable", outcome: "unknown" });
  for (const call of [
    backend.get(ref("a"), "native"),
    backend.list("Job", undefined, "native"),
    backend.apply("native", body("b")),
    backend.snapshot(),
    backend.watch("Job", undefined, "native"),
  ]) {
    expect(await failure(call)).toMatchObject({
      code: "unavailable",
      outcome: "none",
      retryable: true,
    });
  }
  expect([backend.subscriberCount(), backend.diagnostics().state]).toEqual([0, "open"]);
  mend();
  write.open();
  await until(
    async () => (await backend.get(ref("a"), "native").catch(() => undefined)) !== undefined,
  );
  await using watch = await backend.watch("Job", undefined, "native", { since: cursor });
  const { value } = await watch[Symbol.asyncIterator]().next();
  expect(value).toMatchObject({ type: "added", resource: { ref: ref("a") } });
});

test("trouble that a retry does not mend is not waited for", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver, 1_000_000);
  const next = await eventsOf(backend);
  await next();
  const denied = new BackendError("permission_denied", "the token was revoked");
  broken(driver, "event", denied);
  driver.system.put(ref("a"), body("a"));
  expect(await failure(next())).toMatchObject({ code: "unavailable", cause: denied });
});

test("a feed that fails the store ends it for good", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  const next = await eventsOf(backend);
  await next();
  broken(driver, "event", new StoreFailedError("another cluster answers"));
  driver.system.put(ref("a"), body("a"));
  expect(await failure(next())).toMatchObject({ code: "unavailable", retryable: false });
  expect(backend.diagnostics().state).toBe("failed");
  expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({
    code: "unavailable",
    retryable: false,
  });
});

test("a driver that cannot follow does not open, and is closed", async () => {
  const driver = new SystemDriver(new SharedSystem());
  broken(driver, "connect");
  expect(await failure(open(driver))).toMatchObject({ code: "internal", verb: "open" });
  expect(driver.isClosed).toBe(true);
});

test.each(["position", "revision"])(
  "a driver with changes that loads no %s does not open",
  async (what) => {
    const driver = new SystemDriver(new SharedSystem());
    const envelope = body("a");
    driver.load = async () =>
      what === "revision"
        ? { entries: [{ ref: ref("a"), envelope }], position: 0n }
        : { entries: [] };
    const { code, reason } = await failure(open(driver));
    expect([code, reason]).toEqual(["internal", expect.stringContaining(what)]);
  },
);

test("what another one has damaged is corrupt, until somebody mends it", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a", "1"));
  const next = await eventsOf(backend);
  for (const _ of "12") await next();
  driver.system.put(ref("a"), Uint8Array.of(1, 2, 3));
  const error = await failure(backend.get(ref("a"), "native"));
  expect(error).toMatchObject({
    code: "corrupt",
    reason: expect.stringContaining("Job default/a"),
  });
  expect(await failure(backend.list("Job", undefined, "native"))).toMatchObject({
    code: "corrupt",
  });
  expect(await backend.apply("native", body("a", "2"))).toMatchObject({ operation: "replaced" });
  expect(await next()).toMatchObject({ type: "modified", resource: { body: body("a", "2") } });
  driver.system.put(ref("a"), Uint8Array.of(1, 2, 3));
  await until(() => backend.diagnostics().counts.damaged === 1);
  driver.system.remove(ref("a"));
  expect(await next()).toMatchObject({ type: "deleted" });
  expect(backend.diagnostics().damaged).toEqual([]);
});
