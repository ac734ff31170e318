/** Random programs for several clients, and what runs them in a random order. */

import fc, { type Arbitrary, type Scheduler } from "fast-check";
import type { ResourceRef, Revision, StoreBackend } from "@engenho/sdk";
import { Fixtures } from "../../harness/fixtures.ts";
import type { HistoryRecorder } from "../../harness/history-recorder.ts";

/** One call of one client. */
interface Call {
  readonly do: "apply" | "create" | "replace" | "get" | "delete" | "deleteOver";
  /** Which of the two resources. */
  readonly on: 0 | 1;
  readonly value: number;
}

/** Calls that are issued at once, each by a client of its own. */
type Group = readonly Call[];

/** Groups that follow each other; the lanes of a program go on independently. */
export type Program = readonly (readonly Group[])[];

function laneOf(kinds: readonly Call["do"][]): Arbitrary<readonly Group[]> {
  const call = fc.record({
    do: fc.constantFrom(...kinds),
    on: fc.constantFrom<Call["on"][]>(0, 0, 0, 1),
    value: fc.nat(9),
  });
  const group = fc.array(call, { minLength: 1, maxLength: 3 });
  return fc.array(group, { minLength: 1, maxLength: 5 });
}

/** Up to three lanes in which anything may be called. */
export const anyProgram: Arbitrary<Program> = fc.array(
  laneOf(["apply", "apply", "create", "replace", "get", "get", "get", "delete", "deleteOver"]),
  { minLength: 1, maxLength: 3 },
);

/** A lane that writes and two that read for the most part, so that clients see one state after another. */
export const readingProgram: Arbitrary<Program> = fc.tuple(
  laneOf(["apply", "apply", "replace", "delete"]),
  laneOf(["get", "get", "get", "get", "apply"]),
  laneOf(["get", "get", "get", "get", "delete"]),
);

/** What a program runs on. */
export interface Stage {
  /** Lanes take turns with them. */
  readonly backends: readonly [StoreBackend, ...StoreBackend[]];
  readonly refs: readonly [ResourceRef, ResourceRef];
  readonly recorder: HistoryRecorder;
}

/** Two resources that no other run has touched. */
export function freshRefs(
  { capabilities }: StoreBackend,
  run: number,
): readonly [ResourceRef, ResourceRef] {
  const fixtures = new Fixtures(capabilities);
  return [fixtures.ref(`run-${run}-a`), fixtures.ref(`run-${run}-b`)];
}

/** Runs every lane to its end; the scheduler says whose turn it is. */
export async function runProgram(
  program: Program,
  scheduler: Scheduler,
  stage: Stage,
): Promise<void> {
  const runLane = async (groups: readonly Group[], lane: number): Promise<void> => {
    const clients = [0, 1, 2].map((index) => new Client(3 * lane + index, stage));
    for (const group of groups) {
      await scheduler.schedule(Promise.resolve(), `lane ${lane}`);
      await Promise.all(group.map(async (each, index) => clients[index]?.perform(each)));
    }
  };
  await scheduler.waitFor(Promise.all(program.map(runLane)));
}

/** Knows the revisions that it has seen itself, as clients do. */
class Client {
  readonly #id: number;
  readonly #backend: StoreBackend;
  readonly #stage: Stage;
  readonly #seen: (Revision | undefined)[] = [];

  constructor(id: number, stage: Stage) {
    this.#id = id;
    this.#backend = stage.backends[Math.floor(id / 3) % stage.backends.length] ?? stage.backends[0];
    this.#stage = stage;
  }

  async perform({ do: what, on, value }: Call): Promise<void> {
    const { recorder, refs } = this.#stage;
    const ref = refs[on];
    const { preconditions } = this.#backend.capabilities;
    const isDelete = what === "delete" || what === "deleteOver";
    let ifRevision: Revision | "absent" | undefined;
    if (what === "create" && preconditions.includes("create")) ifRevision = "absent";
    if (what === "replace" && preconditions.includes("replace")) ifRevision = this.#seen[on];
    if (what === "deleteOver" && preconditions.includes("delete")) ifRevision = this.#seen[on];
    const result =
      what === "get"
        ? await recorder.get(this.#id, this.#backend, ref)
        : await recorder.write(this.#id, this.#backend, {
            ref,
            value: isDelete ? undefined : `${value}`,
            ifRevision,
          });
    if ("revision" in result) this.#seen[on] = result.revision as Revision | undefined;
  }
}
