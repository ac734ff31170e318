/** What core makes of entries that cannot be read, and of a store that has failed. */

import { BackendError, type Driver, StoreFailedError, type StoreBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { MapDriver } from "./map-driver.ts";
import { body, failure, open, ref, settle } from "./support.ts";

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

  test("says of each write that the driver has what the driver says of it", async () => {
    const driver = new MapDriver();
    await using backend = await open(driver);
    const first = new StoreFailedError("fsync failed: EIO");
    const later = new StoreFailedError("fsync failed: EIO", { outcome: "none" });
    driver.before = async ({ ref: { name } }) => {
      if (name === "a") throw first;
      await settle();
      throw later;
    };
    const [met, waited] = ["a", "b"].map((name) => failure(backend.apply("native", body(name))));
    expect(await met).toMatchObject({ code: "unavailable", outcome: "unknown", cause: first });
    expect(await waited).toMatchObject({ code: "unavailable", outcome: "none", cause: first });
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

describe("a write that was torn, as a read of it says", () => {
  async function tornStore(): Promise<StoreBackend> {
    const read = (): Promise<never> => Promise.reject(new BackendError("corrupt", "it is torn"));
    const driver = Object.assign(new MapDriver(), { read });
    const backend = await open(driver);
    await backend.apply("native", body("a"));
    driver.after = () => {
      throw new Error("EIO");
    };
    await failure(backend.apply("native", body("a", "2")));
    driver.after = () => {};
    await settle();
    return backend;
  }

  test("is damage, which a write repairs", async () => {
    await using backend = await tornStore();
    expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({ code: "corrupt" });
    expect(await backend.apply("native", body("a", "3"))).toMatchObject({ operation: "replaced" });
    await backend.get(ref("a"), "native");
  });

  test("is repaired by the bytes from before it too", async () => {
    await using backend = await tornStore();
    await backend.apply("native", body("a"));
    expect((await backend.get(ref("a"), "native")).body).toEqual(body("a"));
  });
});

test("a torn write is damage, not a deletion, also where load is all there is to ask", async () => {
  const driver = new MapDriver();
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  driver.after = () => {
    driver.stored.clear();
    const known = { kind: "Job", namespace: "default", name: "a" };
    driver.damaged = [{ where: "key a", reason: "it is torn", known }];
    throw new Error("connection lost");
  };
  await failure(backend.apply("native", body("a", "2")));
  await settle();
  expect(await failure(backend.get(ref("a"), "native"))).toMatchObject({ code: "corrupt" });
});

test("damage that was found once is counted once, and ends when the entry can be read", async () => {
  let isTorn = true;
  const driver = new MapDriver();
  const read: Driver["read"] = async () => {
    if (isTorn) throw new BackendError("corrupt", "it is torn");
    return driver.stored.values().next().value;
  };
  await using backend = await open(Object.assign(driver, { read }));
  driver.after = () => {
    throw new Error("connection lost");
  };
  for (const payload of "123") {
    isTorn = payload !== "3";
    await failure(backend.apply("native", body("a", payload)));
    await settle();
    expect(backend.diagnostics().counts.damaged).toBe(isTorn ? 1 : 0);
  }
  await backend.get(ref("a"), "native");
});
