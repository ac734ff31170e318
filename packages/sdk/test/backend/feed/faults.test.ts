/** Drivers that tell what cannot be: it has no effect, and a message that says what it was. */

import type { FeedEvent, Revision, StoreChange } from "@engenho/sdk";
import { expect, test } from "vitest";
import { body, failure, ref } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { open, telling, until } from "./support.ts";

const put = (name: string, revision = `r-${name}`): StoreChange => ({
  type: "put",
  entry: { ref: ref(name), envelope: body(name), revision: revision as Revision },
});
const changes = (position: unknown, ...told: StoreChange[]): FeedEvent => ({
  type: "changes",
  position: position as bigint,
  changes: told,
});

test.each<[string, FeedEvent[], string[], RegExp]>([
  [
    "two events of one position",
    [changes(1n, put("a")), changes(1n, put("b"))],
    ["a"],
    /1 after.* 1/,
  ],
  [
    "a position that goes back",
    [changes(3n, put("a")), changes(2n, put("b"))],
    ["a"],
    /2 after.* 3/,
  ],
  ["no position", [changes(undefined, put("a"))], [], /must give a position, a bigint/],
  ["a position of another type", [changes(1, put("a"))], [], /bigint, and has given a number/],
  [
    "an entry without a revision",
    [changes(1n, put("a"), put("b", ""))],
    [],
    /Job default\/b without a revision/,
  ],
  ["a change of no type", [changes(1n, put("a"), { type: "puts" } as never)], [], /that is none/],
  ["an event of no type", [{ type: "change" } as never], [], /neither changes nor a gap/],
])("%s", async (_, events, shown, message) => {
  const driver = new SystemDriver(new SharedSystem(), { hasSync: false });
  driver.changes = async (__, signal) => telling(events, signal);
  await using backend = await open(driver);
  const error = backend.watch("Job", undefined, "native").then(async (watch) => {
    for await (const event of watch) expect(event.type).not.toBe("reset");
  });
  expect((await failure(error)).reason).toMatch(message);
  await until(() => backend.resourceCount() === shown.length);
  expect(await failure(backend.get(ref("b"), "native"))).toMatchObject({ code: "unavailable" });
});

test.each(["sync", "put", "remove"] as const)("%s without a bigint", async (method) => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  await backend.apply("native", body("a"));
  if (method === "sync") driver.sync = async () => 1 as never;
  else driver[method] = async () => ({ position: "1" }) as never;
  const call = {
    sync: () => backend.list("Job", undefined, "native"),
    put: () => backend.apply("native", body("b")),
    remove: () => backend.delete(ref("a")),
  }[method]();
  const error = await failure(call);
  expect([error.code, error.reason]).toEqual([
    "internal",
    expect.stringMatching(`driver.${method} must give a position, a bigint, and has given a`),
  ]);
});

test("what is said to be before a write, and is not", async () => {
  const driver = new SystemDriver(new SharedSystem());
  await using backend = await open(driver);
  driver.put = async () => ({ position: 1n, previous: 1n, revision: "s-1" as Revision });
  const { code, reason } = await failure(backend.apply("native", body("a")));
  expect([code, reason]).toEqual([
    "internal",
    "test: apply Job default/a: driver.put has given 1 as the position before 1",
  ]);
});
