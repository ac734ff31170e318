/** CONC: writes that want the same revision. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import { assertEqual, fail, rejection, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";
import { concurrencyMust } from "./must.ts";

export const concurrencyRaceRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-004",
    "Of several applies and deletes over one revision at once, exactly one takes effect; the others are `conflict`, a delete of what is deleted `not_found`.",
    oneWriteWins,
    ({ preconditions }) => preconditions.includes("replace") && preconditions.includes("delete"),
  ),
];

/** With the applies first, the deletes first, and both in turn. */
async function oneWriteWins({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const [round, order] of ["aaddd", "ddaa", "adad", "dada"].entries()) {
    const name = `race-${round}`;
    const start = fixtures.manifest({ name, value: "start" });
    const { revision } = await backend.apply(start.format, start.body);
    const writes = [...order].map((verb, value) => {
      const { ref, format, body } = fixtures.manifest({ name, value });
      const options = { ifRevision: revision };
      return verb === "a"
        ? { verb: "apply", answer: rejection(backend.apply(format, body, options)) }
        : { verb: "delete", answer: rejection(backend.delete(ref, options)) };
    });
    const winners: string[] = [];
    for (const { verb, answer } of writes) {
      const failure = await answer;
      if (failure === undefined) winners.push(verb);
      else if (!isLost(failure.value, verb))
        fail(
          `${verb} over a revision that is gone: expected "conflict", got ${show(failure.value)}`,
        );
    }
    const told = winners.join(", ") || "none";
    if (winners.length !== 1)
      fail(`of ${writes.length} writes over one revision, one should take effect: ${told} did`);
    assertEqual(
      await isThere(backend, start.ref.name),
      winners[0] === "apply",
      `whether the resource is there after a race that ${told} has won`,
    );
  }
}

function isLost(error: unknown, verb: string): boolean {
  return (
    BackendError.is(error, "conflict") || (verb === "delete" && BackendError.is(error, "not_found"))
  );
}

async function isThere(backend: StoreBackend, name: string): Promise<boolean> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await backend.list(kind, undefined, format);
  return items.some(({ ref }) => ref.name === name);
}
