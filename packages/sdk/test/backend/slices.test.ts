/** What takes long lets others have a turn. */

import { expect, test, vi } from "vitest";
import { body, open, ref } from "./support.ts";
import { MapDriver } from "./map-driver.ts";

test("a large store is opened in slices", async () => {
  const driver = new MapDriver();
  const first = await open(driver);
  for (let i = 0; i < 100; i++) await first.apply("native", body(`job-${i}`));
  await first.close();
  // A clock by which each look at it takes a millisecond.
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now++);
  let turns = 0;
  const others = setInterval(() => turns++, 0);
  try {
    await using again = await open(driver);
    expect(again.resourceCount()).toBe(100);
    expect((await again.get(ref("job-99"), "native")).ref).toEqual(ref("job-99"));
    expect(turns).toBeGreaterThan(0);
  } finally {
    clearInterval(others);
    clock.mockRestore();
  }
});
