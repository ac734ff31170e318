/** How many inputs the tests run: all of them with CI=true, a few seconds' worth otherwise. */

import type { Family } from "./family.ts";

export const isFull: boolean = process.env["CI"] === "true";

/** What a full run has in all families together. */
export const fullInputs = 1_000_000;

/** A family's part of so many inputs; with all families of one weight more or less than 1,000, in proportion. */
export function inputsOf(family: Family, families: readonly Family[], inputs: number): number {
  const whole = families.reduce((sum, { weight }) => sum + weight, 0);
  return Math.ceil((inputs * family.weight) / whole);
}
