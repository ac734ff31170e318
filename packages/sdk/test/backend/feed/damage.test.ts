/** Damage that a feed tells of. */

import type { FeedEvent } from "@engenho/sdk";
import { expect, test } from "vitest";
import { body, failure, ref } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { open, silence, until } from "./support.ts";

test("damage of an unknown reference lasts until its place is mended", async () => {
  const driver = new SystemDriver(new SharedSystem(), { hasSync: false });
  let isMended = (): void => {};
  const mended = new Promise<void>((resolve) => (isMended = resolve));
  const damaged = { where: "garbage.tmp", reason: "not CBOR", known: {} };
  driver.changes = async (_, signal) =>
    (async function* (): AsyncGenerator<FeedEvent> {
      yield { type: "changes", position: 1n, changes: [{ type: "damage", damaged }] };
      await mended;
      const change = { type: "mended", where: "garbage.tmp" } as const;
      yield { type: "changes", position: 2n, changes: [change] };
      yield* silence(signal);
    })();
  await using backend = await open(driver);
  await until(() => backend.diagnostics().counts.damaged === 1);
  expect(await failure(backend.list("Job", undefined, "native"))).toMatchObject({
    code: "corrupt",
    reason: expect.stringContaining("garbage.tmp"),
  });
  isMended();
  await until(() => backend.diagnostics().counts.damaged === 0);
  expect((await backend.list("Job", undefined, "native")).items).toEqual([]);
});

test("a watch that must start over where damage is ends as a new one would", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a", "old"));
  const watch = await backend.watch("Job", undefined, "native", { bufferLimit: 1 });
  const events = watch[Symbol.asyncIterator]();
  for (const _ of "ab") await events.next();
  driver.system.put(ref("a"), Uint8Array.of(1, 2, 3));
  for (const payload of ["1", "2"]) driver.system.put(ref("b"), body("b", payload));
  await until(() => backend.resourceCount() === 2);
  expect(await failure(events.next())).toMatchObject({ code: "corrupt", verb: "watch" });
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(backend.subscriberCount()).toBe(0);
  expect(await failure(backend.watch("Job", undefined, "native"))).toMatchObject({
    code: "corrupt",
  });
});
