/** That the runner notices what it is there for: readers that are wrong in one way each. */

import { expect, test } from "vitest";
import { judgeCost } from "./cost/judge-cost.ts";
import type { Family, Verdict } from "./family.ts";
import { flawOfError } from "./flaw-of-error.ts";
import { shorterBytes } from "./mutate-bytes.ts";
import { runFamily } from "./run-family.ts";
import { BackendError } from "../../src/contract/index.ts";

/** Inputs of 20 bytes; a reader that does something at the first byte that is 7. */
function family(atSeven: (bytes: Uint8Array) => Verdict): Family<Uint8Array> {
  const accepted: Verdict = { result: "accepted" };
  return {
    name: "test",
    weight: 1,
    make: (random) => random.bytes(20),
    examine: (bytes) => (bytes.includes(7) ? atSeven(bytes) : accepted),
    smaller: shorterBytes,
    show: (bytes) => bytes.join(),
  };
}

const refuse = (error: unknown): Verdict => ({
  result: "refused",
  flaw: flawOfError(error, new Set(["corrupt"])),
});

const wrongReaders: readonly (readonly [string, RegExp, (bytes: Uint8Array) => Verdict])[] = [
  [
    "crashes",
    /^crash: RangeError/,
    () => {
      throw new RangeError("stack");
    },
  ],
  ["has an untyped error", /^untyped error: TypeError/, () => refuse(new TypeError("a"))],
  ["has another code", /^code internal/, () => refuse(new BackendError("internal", "a"))],
  ["repeats a value", /repeats a value/, () => refuse(new BackendError("corrupt", "hunter2"))],
  ["says too much", /characters/, () => refuse(new BackendError("corrupt", "a".repeat(9_000)))],
  ["is not one line", /not one line/, () => refuse(new BackendError("corrupt", "a\u0085b"))],
  [
    "changes its input",
    /^the input was changed/,
    (bytes) => {
      bytes.reverse();
      return { result: "accepted" };
    },
  ],
];

test.each(wrongReaders)("a reader that %s", async (_name, flaw, atSeven) => {
  const range = { seed: 1, from: 0, inputs: 1_000 };
  const { failure, inputs } = await runFamily(family(atSeven), range);
  expect(failure?.flaw).toMatch(flaw);
  expect(failure?.replay).toContain(`--family test --seed 1 --from ${inputs - 1} --inputs 1`);
});

test("a failure is made small, and found again by its number", async () => {
  const wrong = family(() => refuse(new TypeError("a")));
  const { failure } = await runFamily(wrong, { seed: 1, from: 0, inputs: 1_000 });
  expect(failure?.input).toBe("7");
  const again = await runFamily(wrong, { seed: 1, from: failure?.index ?? -1, inputs: 1 });
  expect(again.failure?.input).toBe("7");
});

test("a reader that pollutes a prototype", async () => {
  const victim: object = Object.prototype;
  const polluting = family(() => {
    Object.defineProperty(victim, "polluted", { value: 1, configurable: true });
    return { result: "accepted" };
  });
  const { failure } = await runFamily(polluting, { seed: 1, from: 0, inputs: 1_000 });
  Reflect.deleteProperty(victim, "polluted");
  expect(failure?.flaw).toMatch(/a prototype was changed/);
});

test.each([
  ["in steps", (size: number) => ({ size, steps: size * size, bytes: 1 })],
  ["in bytes", (size: number) => ({ size, steps: 1, bytes: size * size })],
  ["by its ceiling of steps", (size: number) => ({ size, steps: 100 * size, bytes: 1 })],
  ["by its ceiling of bytes", (size: number) => ({ size, steps: 1, bytes: 1_000 * size })],
])("a family that is slow %s", (_name, cost) => {
  const costs = [4_096, 8_192, 16_384].map(cost);
  expect(judgeCost({ family: "envelope: test", costs }).isSlow).toBe(true);
});
