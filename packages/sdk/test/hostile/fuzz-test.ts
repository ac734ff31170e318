/** Makes a test of a family of hostile inputs. */

import { expect, test } from "vitest";
import { families } from "./families/index.ts";
import type { Family } from "./family.ts";
import { runFamily, type Tally } from "./run-family.ts";
import { fullInputs, inputsOf, isFull } from "./sizes.ts";

/** Runs with CI=true begin elsewhere each time; the report of a failure names the seed. */
const seed = isFull ? Math.floor(Math.random() * 2 ** 31) : 42;

/** Each input is refused with a typed error or accepted rightly; `look` says what the whole must be like. */
export function testFamily(family: Family, look: (tally: Tally) => void = () => {}): void {
  test(`hostile inputs: ${family.name}`, { timeout: 900_000 }, async () => {
    const inputs = inputsOf(family, families, isFull ? fullInputs : 20_000);
    const tally = await runFamily(family, { seed, from: 0, inputs });
    expect(tally.failure).toBeUndefined();
    // A family whose inputs are all refused, or all accepted, looks at nothing.
    expect((tally.results["accepted"] ?? 0) / inputs).toBeGreaterThan(0.05);
    expect((tally.results["accepted"] ?? 0) / inputs).toBeLessThan(0.95);
    look(tally);
  });
}

/** Mutants that are not even CBOR are refused at the first byte or two that are wrong. */
export function expectWellFormedShare({ wellFormed = 0, inputs }: Tally): void {
  expect(wellFormed / inputs).toBeGreaterThan(0.3);
}
