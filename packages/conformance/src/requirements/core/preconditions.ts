/** CORE 044–046, 053 and 054: writes over one revision only. */

import { BackendError, type Revision, type StoreBackend } from "@engenho/sdk";
import {
  assertEqual,
  assertRejects,
  assertResolves,
  fail,
  rejection,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, takenFormats } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";

export const preconditionRequirements: readonly Requirement[] = [
  {
    id: "CORE-044",
    level: "MUST",
    profile: "core",
    title:
      "With `ifRevision`, `apply` writes over exactly that revision; over another one, or where there is no resource, it is `conflict`, with the reference, and nothing changes.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: conditionalReplace,
  },
  {
    id: "CORE-045",
    level: "MUST",
    profile: "core",
    title:
      'With `ifRevision: "absent"`, `apply` creates; where there is a resource it is `conflict`, with the reference, and nothing changes.',
    appliesTo: ({ preconditions }) => preconditions.includes("create"),
    check: conditionalCreate,
  },
  {
    id: "CORE-046",
    level: "MUST",
    profile: "core",
    title:
      "`ifRevision` is checked before the bytes are compared: identical bytes with a stale revision are `conflict`.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: preconditionComesFirst,
  },
  {
    id: "CORE-053",
    level: "MUST",
    profile: "core",
    title:
      'Of several applies with `ifRevision: "absent"` at once, exactly one creates; the others are `conflict`.',
    appliesTo: ({ preconditions }) => preconditions.includes("create"),
    check: createRaceHasOneWinner,
  },
  {
    id: "CORE-054",
    level: "MUST",
    profile: "core",
    title: "A counter that several clients raise with `ifRevision` loses no step.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: countersLoseNothing,
  },
];

async function conditionalReplace({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const formats = takenFormats(capabilities);
  for (const format of formats) {
    const make = (value: number): Manifest =>
      fixtures.manifest({ name: `conditional-${format}`, value, format });
    const [one, two, three] = [make(1), make(2), make(3)] as const;
    const first = await backend.apply(format, one.body);
    const second = await assertResolves(
      backend.apply(format, two.body, { ifRevision: first.revision }),
      "apply over the present revision",
    );
    assertEqual(second.operation, "replaced", "operation of an apply over the present revision");
    await assertRejects(
      backend.apply(format, three.body, { ifRevision: first.revision }),
      "conflict",
      "apply over a stale revision",
      { outcome: "none", ref: three.ref },
    );
    // No resource has the empty text for its revision: it is no way to say "whatever is there".
    const empty = await rejection(
      backend.apply(format, three.body, { ifRevision: "" as Revision }),
    );
    if (!(empty?.value instanceof TypeError) && !BackendError.is(empty?.value, "conflict"))
      fail(
        `apply over an empty revision should be "conflict" or a TypeError, ${empty === undefined ? "it resolved" : `it got ${String(empty.value)}`}`,
      );
    assertEqual(
      (await backend.get(two.ref, format)).revision,
      second.revision,
      "revision after the conflict",
    );
    const missing = fixtures.manifest({ name: `missing-${format}`, format });
    await assertRejects(
      backend.apply(format, missing.body, { ifRevision: second.revision }),
      "conflict",
      "apply over a revision of nothing",
      { outcome: "none", ref: missing.ref },
    );
  }
  assertEqual(backend.resourceCount(), formats.length, "resources after the conflicts");
}

async function conditionalCreate({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of takenFormats(capabilities)) {
    const name = `created-${format}`;
    const first = fixtures.manifest({ name, value: 1, format });
    const second = fixtures.manifest({ name, value: 2, format });
    const { operation, revision } = await backend.apply(format, first.body, {
      ifRevision: "absent",
    });
    assertEqual(operation, "created", "operation of a create");
    for (const { ref, body } of [second, first]) {
      await assertRejects(
        backend.apply(format, body, { ifRevision: "absent" }),
        "conflict",
        "create of what is there",
        { outcome: "none", ref },
      );
    }
    assertEqual(
      (await backend.get(first.ref, format)).revision,
      revision,
      "revision after the conflicts",
    );
    await backend.delete(first.ref);
    await backend.apply(format, second.body, { ifRevision: "absent" });
  }
}

async function preconditionComesFirst({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of takenFormats(capabilities)) {
    const one = fixtures.manifest({ name: `stale-${format}`, value: 1, format });
    const two = fixtures.manifest({ name: `stale-${format}`, value: 2, format });
    const { revision } = await backend.apply(format, one.body);
    await backend.apply(format, two.body);
    await assertRejects(
      backend.apply(format, two.body, { ifRevision: revision }),
      "conflict",
      "identical bytes with a stale revision",
      { ref: two.ref },
    );
  }
}

async function createRaceHasOneWinner({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (let round = 0; round < 5; round++) {
    const manifests = Array.from({ length: 8 }, (_, value) =>
      fixtures.manifest({ name: `race-${round}`, value }),
    );
    const answers = await Promise.all(
      manifests.map(({ format, body }) =>
        rejection(backend.apply(format, body, { ifRevision: "absent" })),
      ),
    );
    const losers = answers.filter((answer) => answer !== undefined);
    assertEqual(losers.length, manifests.length - 1, "applies that lost the race");
    for (const { value } of losers) {
      if (!BackendError.is(value, "conflict"))
        fail(`a loser of the race should get "conflict", it got ${String(value)}`);
    }
  }
}

async function countersLoseNothing({ backend, capabilities, full }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const stepsEach = full ? 20 : 8;
  const clients = 4;
  const start = fixtures.manifest({ name: "counter", value: 0 });
  await backend.apply(start.format, start.body);
  const read = async (): Promise<{ readonly value: number; readonly revision: Revision }> => {
    const { body, revision } = await backend.get(start.ref, start.format);
    return { value: Number(/value\D+(\d+)/.exec(new TextDecoder().decode(body))?.[1]), revision };
  };
  // Whoever is refused has lost against a step of another client: more often than that, nobody gets on.
  const mostAttempts = 10 * clients * stepsEach;
  const raise = async (): Promise<void> => {
    let done = 0;
    for (let attempt = 0; done < stepsEach; attempt++) {
      if (attempt === mostAttempts)
        fail(`${attempt} times a client has read the counter and was refused over what it read`);
      const { value, revision } = await read();
      const next = fixtures.manifest({ name: "counter", value: value + 1 });
      if (await raisedOver(backend, next, revision)) done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, raise));
  assertEqual((await read()).value, clients * stepsEach, "the counter in the end");
}

/** Applies over a revision; false if another client was faster. */
async function raisedOver(
  backend: StoreBackend,
  { format, body }: Manifest,
  ifRevision: Revision,
): Promise<boolean> {
  const failure = await rejection(backend.apply(format, body, { ifRevision }));
  if (failure === undefined) return true;
  if (BackendError.is(failure.value, "conflict")) return false;
  throw failure.value;
}
