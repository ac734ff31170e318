import assert from "node:assert/strict";
import { BackendError } from "@engenho/sdk";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorLine } from "../src/harness/error-line.ts";

const noPrototype = Object.assign(Object.create(null), { a: 1 }) as { a: number };

/** What running this throws. */
function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("one line", () => {
  test("whatever was thrown", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.string().map((message) => new Error(message)),
        ),
        (thrown) => {
          const line = errorLine(thrown);
          expect(line).not.toMatch(/[\n\r]/);
          expect(line.length).toBeLessThanOrEqual(400);
        },
      ),
    );
  });

  test.each([
    ["the first of several", new Error("stuck\nwith more below"), "stuck"],
    [
      "an assertion with what it compared",
      thrownBy(() => assert.equal(1, 2)),
      "Expected values to be strictly equal: 1 !== 2",
    ],
    ["no colours", new Error("\u001b[31mred\u001b[39m"), "red"],
    ["the name where there is no message", new TypeError(), "TypeError"],
    ["a thrown text", "stuck", "'stuck'"],
    [
      "what a BackendError says, under another class",
      new Error("[not_found] mine: get Job a: there is no such resource"),
      "no BackendError, but Error: [not_found] mine: get Job a: there is no such resource",
    ],
    [
      "a BackendError as it is",
      new BackendError("not_found", "it is gone", { verb: "get" }),
      new BackendError("not_found", "it is gone", { verb: "get" }).message,
    ],
  ])("%s", (_, thrown, line) => {
    expect(errorLine(thrown)).toBe(line);
  });

  test("a failed property with its cause, counterexample and seed", () => {
    const property = fc.property(fc.nat(), (n) => assert.equal(n < 5, true));
    const thrown = thrownBy(() => fc.assert(property, { seed: 42 }));
    expect(errorLine(thrown)).toMatch(
      /^Property failed after \d+ tests?: Expected values to be strictly equal: false !== true; counterexample \[5\]; fast-check \{ seed: 42, path: .*\}$/,
    );
  });

  test("a counterexample without its lack of a prototype", () => {
    const property = fc.property(fc.record({ a: fc.constant(1) }), () => assert.fail("never"));
    const thrown = thrownBy(() => fc.assert(property, { seed: 42, examples: [[noPrototype]] }));
    expect(errorLine(thrown)).toContain('counterexample [{"a":1}]');
  });

  test("a counterexample with a schedule, which goes on for lines", async () => {
    const property = fc.asyncProperty(fc.nat(), fc.scheduler(), async (_, scheduler) => {
      void scheduler.schedule(Promise.resolve());
      await scheduler.waitIdle();
      assert.fail("never");
    });
    const thrown: unknown = await fc.assert(property, { seed: 42 }).catch((error) => error);
    expect(errorLine(thrown)).toContain("counterexample [0,a schedule]; fast-check {");
  });
});
