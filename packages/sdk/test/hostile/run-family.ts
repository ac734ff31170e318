/** Runs the inputs of one family, counts what became of them, and makes a failure small. */

import { isDeepStrictEqual } from "node:util";
import type { Family, Verdict } from "./family.ts";
import { traceOf } from "./flaw-of-error.ts";
import { PrototypeGuard } from "./prototypes.ts";
import { Random } from "./random.ts";

/** Which inputs to run: those with these numbers under this seed. */
export interface Range {
  readonly seed: number;
  readonly from: number;
  readonly inputs: number;
}

/** What became of a family's inputs. */
export interface Tally {
  readonly family: string;
  readonly inputs: number;
  /** How many were accepted, or refused with each code. */
  readonly results: Readonly<Record<string, number>>;
  /** How many are well-formed CBOR, where that was asked. */
  readonly wellFormed: number | undefined;
  readonly failure: Failure | undefined;
}

/** The first flaw that was found; a run ends with it. */
interface Failure {
  readonly index: number;
  readonly flaw: string;
  /** The smallest input that has it. */
  readonly input: string;
  /** The command that repeats it. */
  readonly replay: string;
}

/** Runs a part of a family; `progress` hears how many have been run, every 10,000. */
export async function runFamily(
  family: Family,
  { seed, from, inputs }: Range,
  progress: (done: number) => void = () => {},
): Promise<Tally> {
  const guard = new PrototypeGuard();
  const results: Record<string, number> = {};
  let wellFormed: number | undefined;
  let failure: Failure | undefined;
  let done = 0;
  for (; done < inputs && failure === undefined; done++) {
    const index = from + done;
    const input = family.make(Random.ofInput(seed, family.name, index));
    const verdict = await judge(family, input, guard);
    results[verdict.result] = (results[verdict.result] ?? 0) + 1;
    if (verdict.isWellFormed !== undefined)
      wellFormed = (wellFormed ?? 0) + Number(verdict.isWellFormed);
    if (verdict.flaw !== undefined)
      failure = await failureOf({ family, input, flaw: verdict.flaw, index, seed, guard });
    if (done % 10_000 === 9_999) progress(done + 1);
  }
  const changed = guard.changed();
  if (failure === undefined && changed.length > 0)
    failure = {
      index: -1,
      flaw: changed.join(", "),
      input: "",
      replay: replayOf(family, seed, from, inputs),
    };
  return { family: family.name, inputs: done, results, wellFormed, failure };
}

async function judge(family: Family, input: unknown, guard: PrototypeGuard): Promise<Verdict> {
  const before = copyOf(input);
  let verdict: Verdict;
  try {
    const examined = family.examine(input);
    verdict = examined instanceof Promise ? await examined : examined;
  } catch (error) {
    verdict = { result: "crash", flaw: `crash: ${traceOf(error)}` };
  }
  if (verdict.flaw !== undefined) return verdict;
  if (guard.hasNewKey())
    return { ...verdict, flaw: `a prototype was changed: ${guard.changed().join()}` };
  return before === undefined || isDeepStrictEqual(before, input)
    ? verdict
    : { ...verdict, flaw: "the input was changed" };
}

/** Inputs that are bytes must come out as they went in. */
function copyOf(input: unknown): unknown {
  if (input instanceof Uint8Array) return input.slice();
  if (typeof input !== "object" || input === null || !("body" in input)) return undefined;
  return input.body instanceof Uint8Array ? { ...input, body: input.body.slice() } : undefined;
}

interface Found {
  readonly family: Family;
  readonly input: unknown;
  readonly flaw: string;
  readonly index: number;
  readonly seed: number;
  readonly guard: PrototypeGuard;
}

/** Leaves out what can be left out while the flaw stays the same in kind. */
async function failureOf({ family, input, flaw, index, seed, guard }: Found): Promise<Failure> {
  let smallest = input;
  let attempts = 2_000;
  for (let isSmaller = true; isSmaller && attempts > 0;) {
    isSmaller = false;
    for (const candidate of family.smaller(smallest)) {
      if (--attempts === 0) break;
      const verdict = await judge(family, candidate, guard);
      if (verdict.flaw === undefined || kindOf(verdict.flaw) !== kindOf(flaw)) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return { index, flaw, input: family.show(smallest), replay: replayOf(family, seed, index) };
}

const kindOf = (flaw: string): string => flaw.slice(0, flaw.indexOf(":") + 1) || flaw;

function replayOf({ name }: Family, seed: number, from: number, inputs = 1): string {
  return `npm run fuzz -- --family ${name} --seed ${seed} --from ${from} --inputs ${inputs}`;
}
