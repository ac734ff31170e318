import { expect, test } from "vitest";
import { waitUntil } from "../src/harness/deadline.ts";

test("a condition is looked at many times, however soon the time is up: the event loop may have been held", async () => {
  let looks = 0;
  await waitUntil(() => ++looks === 20, 0);
  expect(looks).toBe(20);
});
