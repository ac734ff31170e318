/** When a mutant counts as killed, and what is said when it does not. */

import { BackendError } from "@engenho/sdk";
import { expect, test } from "vitest";
import { fail } from "../src/harness/assertions.ts";
import type { CheckContext } from "../src/harness/check-context.ts";
import { judgeMutant } from "../src/mutants/index.ts";
import type { Mutant, Reached } from "../src/mutants/mutant.ts";
import { fakeBackend, requirement } from "./support/fake-backend.ts";

/** A mutant whose bug is in `resourceCount`. */
function mutant(parts: Partial<Mutant> = {}): Mutant {
  return {
    id: "a-mutant",
    title: "counts wrongly",
    breaks: ["T-1"],
    make: (reached: Reached) => ({
      name: "fake",
      open: async () => fakeBackend({ resourceCount: () => (reached(), 1) }),
    }),
    ...parts,
  };
}

const counts = ({ backend }: CheckContext): void => {
  if (backend.resourceCount() !== 0) fail("a wrong count");
};
const passing = Array.from({ length: 19 }, (_, index) => requirement(`P-${index}`, () => {}));

/** The faults of a mutant that T-1 checks like this, beside 19 requirements that it passes. */
async function faultsOf(
  check: (context: CheckContext) => Promise<void> | void,
  parts?: Partial<Mutant>,
  others = passing,
): Promise<readonly string[]> {
  const verdict = await judgeMutant(mutant(parts), [requirement("T-1", check), ...others], {
    timeoutMs: 200,
  });
  expect(verdict.isKilled).toBe(verdict.faults.length === 0);
  return verdict.faults;
}

test("a named requirement that fails by an assertion kills it", async () => {
  const suite = [requirement("T-1", counts), ...passing];
  expect(await judgeMutant(mutant(), suite)).toMatchObject({
    mutant: "a-mutant",
    isKilled: true,
    kills: [{ id: "T-1", message: "a wrong count" }],
    others: [],
    passed: 19,
    checked: 20,
  });
});

test("one that passes, is skipped or does not apply does not", async () => {
  expect(await faultsOf(() => {})).toEqual(["survives T-1, which passed"]);
  expect(await faultsOf(({ skip }) => skip("no means"))).toEqual(["survives T-1, which skipped"]);
  expect(await faultsOf(counts, { breaks: ["T-1", "T-2"] })).toEqual([
    expect.stringMatching(/names T-2, which does not apply/),
  ]);
});

test("a failure that is no assertion is no kill", async () => {
  const rejecting = ({ backend }: CheckContext): never => {
    backend.resourceCount();
    throw new BackendError("internal", "no reason");
  };
  expect(await faultsOf(rejecting)).toEqual([expect.stringMatching(/T-1 by rejection, not by/)]);
});

test("a timeout is a kill only of what hangs", async () => {
  const hanging = async ({ backend }: CheckContext): Promise<void> => {
    backend.resourceCount();
    await new Promise(() => {});
  };
  expect(await faultsOf(hanging)).toEqual([expect.stringMatching(/T-1 by timeout, not by/)]);
  expect(await faultsOf(hanging, { hangs: true })).toEqual([]);
});

test("a failure before the bug was reached is no kill, even if it was reached elsewhere", async () => {
  const elsewhere = requirement("P-reaches", ({ backend }) => void backend.resourceCount());
  const faults = await faultsOf(() => fail("anyway"), {}, [elsewhere, ...passing]);
  expect(faults).toEqual([expect.stringMatching(/T-1 without reaching its bug: anyway/)]);
});

test("the failure must say what the mutant expects", async () => {
  expect(await faultsOf(counts, { says: /wrong count/ })).toEqual([]);
  expect(await faultsOf(counts, { says: /wrong name/ })).toEqual([
    expect.stringMatching(/another message than \/wrong name\/: a wrong count/),
  ]);
});

test("whatever else fails must be named, unless it passes when it is tried again", async () => {
  const alsoFails = requirement("T-2", counts);
  expect(await faultsOf(counts, {}, [alsoFails, ...passing])).toEqual([
    "fails T-2 too, and does not name it: a wrong count",
  ]);
  expect(await faultsOf(counts, { mayFail: ["T-2"] }, [alsoFails, ...passing])).toEqual([]);
  let tries = 0;
  const failsOnce = requirement("T-2", () => {
    if (tries++ === 0) fail("by chance");
  });
  expect(await faultsOf(counts, {}, [failsOnce, ...passing])).toEqual([]);
});

test("a mutant that passes less than 85 % is too crude", async () => {
  const three = Array.from({ length: 3 }, (_, index) => requirement(`F-${index}`, counts));
  const breaks: Mutant["breaks"] = ["T-1", "F-0", "F-1", "F-2"];
  expect(await faultsOf(counts, { breaks }, [...three, ...passing])).toEqual([
    "is too crude: it passes 19 of 23 requirements",
  ]);
});
