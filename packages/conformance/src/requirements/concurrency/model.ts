/** CONC: one client, whatever it does, beside a model of the store. */

import fc, { type AsyncCommand } from "fast-check";
import { BackendError, type Revision, type StoreBackend } from "@engenho/sdk";
import { assert, assertEqual } from "../../harness/assertions.ts";
import { assertProperty } from "../../harness/assert-property.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, manifestValue } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";
import { concurrencyMust } from "./must.ts";

export const concurrencyModelRequirements: readonly Requirement[] = [
  concurrencyMust(
    "CONC-003",
    "Whatever one client calls one after another, each answer is the one that follows from those before it.",
    answersFollow,
  ),
];

/** What is there, as far as the answers tell. */
interface Model {
  readonly present: Map<string, { readonly value: string; readonly revision: Revision }>;
  /** Every revision that a resource has had, the present one last. */
  readonly revisions: Map<string, readonly Revision[]>;
}

/** The store, and what makes its resources this run's own. */
interface Real {
  readonly backend: StoreBackend;
  readonly prefix: string;
  /** Resources of other runs. */
  readonly others: number;
}

type Condition = "none" | "absent" | "present" | "stale";

type Step =
  | {
      readonly do: "apply";
      readonly name: string;
      readonly value: number;
      readonly over: Condition;
    }
  | { readonly do: "delete"; readonly name: string; readonly over: Condition }
  | { readonly do: "get"; readonly name: string }
  | { readonly do: "list" };

const name = fc.constantFrom("a", "a", "b");
const over = fc.constantFrom<Condition>("none", "absent", "present", "stale");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("apply" as const), name, value: fc.nat(1), over }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), name, over }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("get" as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("list" as const) }) },
);

async function answersFollow({ backend, seed, full }: CheckContext): Promise<void> {
  let run = 0;
  const options = { maxCommands: 30, size: "max" } as const;
  const commands = fc.commands([step.map((each) => new StepCommand(each))], options);
  await assertProperty<[Iterable<AsyncCommand<Model, Real>>]>(
    [commands],
    async (script) => {
      const real = { backend, prefix: `model-${run++}-`, others: backend.resourceCount() };
      const model: Model = { present: new Map(), revisions: new Map() };
      await fc.asyncModelRun(() => ({ model, real }), script);
    },
    { seed, numRuns: full ? 80 : 12 },
  );
}

class StepCommand implements AsyncCommand<Model, Real> {
  readonly #step: Step;

  constructor(each: Step) {
    this.#step = each;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    if (this.#step.do === "apply") await apply(this.#step, model, real);
    else if (this.#step.do === "delete") await remove(this.#step, model, real);
    else if (this.#step.do === "get") await get(this.#step.name, model, real);
    else await list(model, real);
    const count = real.others + model.present.size;
    assertEqual(real.backend.resourceCount(), count, `resourceCount after ${this.toString()}`);
  }

  toString(): string {
    return Object.values(this.#step).join(" ");
  }
}

async function apply(
  { name: of, value, over: condition }: Extract<Step, { do: "apply" }>,
  model: Model,
  { backend, prefix }: Real,
): Promise<void> {
  const { format, body } = manifest(backend, prefix, of, value);
  const before = model.present.get(of);
  const ifRevision = conditionOf(condition, "apply", of, model, backend);
  const what = `apply ${of} ${value}${overText(condition, ifRevision)}`;
  const isConflict = ifRevision !== undefined && ifRevision !== (before?.revision ?? "absent");
  const expected = isConflict
    ? "conflict"
    : before === undefined
      ? "created"
      : before.value === `${value}`
        ? "unchanged"
        : "replaced";
  const answer = await answerOf(
    backend.apply(format, body, ifRevision === undefined ? {} : { ifRevision }),
  );
  if (typeof answer === "string") return assertEqual(answer, expected, what);
  assertEqual(answer.operation, expected, what);
  const { revision } = answer;
  if (expected === "unchanged") return assertEqual(revision, before?.revision, `${what}: revision`);
  const had = model.revisions.get(of) ?? [];
  assert(!had.includes(revision), `${what}: the revision ${revision} had been there before`);
  model.revisions.set(of, [...had, revision]);
  model.present.set(of, { value: `${value}`, revision });
}

async function remove(
  { name: of, over: condition }: Extract<Step, { do: "delete" }>,
  model: Model,
  { backend, prefix }: Real,
): Promise<void> {
  const before = model.present.get(of);
  const ifRevision = conditionOf(condition, "delete", of, model, backend);
  const isConflict = ifRevision !== undefined && ifRevision !== before?.revision;
  const expected = before === undefined ? "not_found" : isConflict ? "conflict" : "deleted";
  const { ref } = manifest(backend, prefix, of);
  const options = ifRevision === undefined ? {} : { ifRevision };
  const answer = await answerOf(backend.delete(ref, options).then(() => "deleted"));
  assertEqual(answer, expected, `delete ${of}${overText(condition, ifRevision)}`);
  if (expected === "deleted") model.present.delete(of);
}

async function get(of: string, model: Model, { backend, prefix }: Real): Promise<void> {
  const { ref, format } = manifest(backend, prefix, of);
  const answer = await answerOf(
    backend
      .get(ref, format)
      .then(({ body, revision }) => ({ value: manifestValue(body), revision })),
  );
  assertEqual(answer, model.present.get(of) ?? "not_found", `get ${of}`);
}

async function list(model: Model, { backend, prefix }: Real): Promise<void> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await backend.list(kind, undefined, format);
  const listed = items
    .filter(({ ref }) => ref.name.startsWith(prefix))
    .map(({ ref, body, revision }) => {
      return { name: ref.name.slice(prefix.length), value: manifestValue(body), revision };
    });
  const expected = [...model.present]
    .map(([of, each]) => ({ name: of, ...each }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  assertEqual(listed, expected, "list");
}

function manifest(backend: StoreBackend, prefix: string, of: string, value = 0): Manifest {
  return new Fixtures(backend.capabilities).manifest({ name: prefix + of, value });
}

/** The precondition, where the backend has it and the history has such a revision. */
function conditionOf(
  condition: Condition,
  verb: "apply" | "delete",
  of: string,
  model: Model,
  { capabilities: { preconditions } }: StoreBackend,
): Revision | "absent" | undefined {
  if (condition === "none") return undefined;
  if (condition === "absent")
    return verb === "apply" && preconditions.includes("create") ? "absent" : undefined;
  if (!preconditions.includes(verb === "apply" ? "replace" : "delete")) return undefined;
  const present = model.present.get(of)?.revision;
  if (condition === "present") return present;
  return model.revisions.get(of)?.findLast((revision) => revision !== present);
}

function overText(condition: Condition, ifRevision: string | undefined): string {
  return ifRevision === undefined
    ? ""
    : ` over ${condition === "absent" ? "nothing" : `the ${condition} revision`}`;
}

/** What a call came to: its value, or the code of an error that the model can expect. */
async function answerOf<T>(promise: Promise<T>): Promise<T | string> {
  try {
    return await promise;
  } catch (error) {
    if (BackendError.is(error) && ["conflict", "not_found"].includes(error.code)) return error.code;
    throw error;
  }
}
