/** DUR: processes that are killed while they write. */

import fc from "fast-check";
import type { StoreBackend } from "@engenho/sdk";
import { assertResolves } from "../../harness/assertions.ts";
import type { CheckContext, Instance } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import type { Script, ScriptCall } from "../../harness/kill/script.ts";
import { assertVerbsWork } from "../core/verbs-work.ts";
import type { Requirement } from "../requirement.ts";
import { durabilityMust } from "./must.ts";
import { afterWrite, assertState, type State, stateOf, type Write } from "./store-state.ts";

export const durabilityKilledRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-001",
    "Whenever the process of several writers is killed, every acknowledged apply and delete is there when the store is opened again; of each writer, at most the one write that was under way is there beside them.",
    writersAreKilled,
  ),
  durabilityMust(
    "DUR-002",
    "A store whose process was killed opens and takes every verb: nothing that the dead process held stands in the way.",
    killedStoresOpen,
  ),
];

type OwnWrite = Exclude<Write, { readonly verb: "restore" }>;

const clients = 4;
const writesEach = 12;

/** Each round goes on with what the one before has left. */
async function writersAreKilled(context: CheckContext): Promise<void> {
  const { seed, full } = context;
  const moment = fc.record({
    acknowledged: fc.integer({ min: 1, max: clients * writesEach - 8 }),
    turns: fc.integer({ min: 0, max: 6 }),
  });
  let store: Instance = context;
  let before: State = new Map();
  for (const [round, end] of fc.sample(moment, { seed, numRuns: full ? 10 : 3 }).entries()) {
    const writes = Array.from({ length: clients }, (_, client) => ownWrites(client, round, before));
    const { acknowledged, open } = await store.killed(scriptOf(store.backend, writes, end));
    const count = acknowledged.reduce((sum, each) => sum + each, 0);
    const what = `after ${round + 1} ends, the last behind ${count} acknowledged writes`;
    store = await assertResolves(open(), `opening the store ${what}`);
    const found = await stateOf(store.backend, what);
    for (const [client, own] of writes.entries()) {
      const known = acknowledged[client] ?? 0;
      const allowed = [known, known + 1].map((length) =>
        ownState(own.slice(0, length).reduce<State>(afterWrite, before), client),
      );
      const whose = `what writer ${client} has left ${what}`;
      assertState(ownState(found, client), allowed, whose);
    }
    before = found;
  }
}

async function killedStoresOpen(context: CheckContext): Promise<void> {
  const writes = Array.from({ length: clients }, (_, client) => ownWrites(client, 0, new Map()));
  const script = scriptOf(context.backend, writes, { acknowledged: 5, turns: 1 });
  const { open } = await context.killed(script);
  const what = "a store whose process was killed";
  const { backend } = await assertResolves(open(), `opening ${what}`);
  await assertVerbsWork(backend, context.capabilities, "new", `of ${what}`);
}

/** What one writer does in a round: applies to two resources of its own, and now and then a delete. */
function ownWrites(client: number, round: number, before: State): readonly OwnWrite[] {
  const writes: OwnWrite[] = [];
  let state = before;
  for (let number = 0; number < writesEach; number++) {
    const name = `w${client}-${number % 2 === 0 ? "even" : "odd"}`;
    const write: OwnWrite =
      number % 5 === 4 && state.has(name)
        ? { verb: "delete", name }
        : { verb: "apply", name, value: `r${round}n${number}` };
    writes.push(write);
    state = afterWrite(state, write);
  }
  return writes;
}

function ownState(state: State, client: number): State {
  return new Map([...state].filter(([name]) => name.startsWith(`w${client}-`)));
}

function scriptOf(
  { capabilities }: StoreBackend,
  writes: readonly (readonly OwnWrite[])[],
  end: Pick<Script, "acknowledged" | "turns">,
): Script {
  const fixtures = new Fixtures(capabilities);
  const callOf = (write: OwnWrite): ScriptCall => {
    const { verb, name } = write;
    if (verb === "delete") return { verb, ref: fixtures.ref(name) };
    const { format, body } = fixtures.manifest({ name, value: write.value });
    return { verb, format, body };
  };
  return { clients: writes.map((each) => each.map(callOf)), ...end };
}
