/** What a small store holds, as values by name: what is compared after an end. */

import { encodeSnapshot, type StoreBackend } from "@engenho/sdk";
import { assertEqual, assertResolves, fail } from "../../harness/assertions.ts";
import { Fixtures, type Manifest, manifestValue } from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";

/** The value of each resource that is there, by its name. */
export type State = ReadonlyMap<string, string>;

/** One write of a store of such resources. */
export type Write =
  | { readonly verb: "apply"; readonly name: string; readonly value: string }
  | { readonly verb: "delete"; readonly name: string }
  | { readonly verb: "restore"; readonly state: State };

/** The state behind a write. */
export function afterWrite(before: State, write: Write): State {
  if (write.verb === "restore") return write.state;
  const after = new Map(before);
  if (write.verb === "apply") after.set(write.name, write.value);
  else after.delete(write.name);
  return after;
}

/** Asks for a write. */
export async function perform(backend: StoreBackend, write: Write): Promise<void> {
  if (write.verb === "restore") await backend.restore(snapshotOf(backend, write.state));
  else if (write.verb === "delete") await backend.delete(manifestOf(backend, write.name).ref);
  else {
    const { format, body } = manifestOf(backend, write.name, write.value);
    await backend.apply(format, body);
  }
}

/** A write as it stands in a message: "apply a". */
export function nameOf(write: Write): string {
  return write.verb === "restore" ? "restore" : `${write.verb} ${write.name}`;
}

/** What is there; fails if a body is none that was ever written, or the count is another. */
export async function stateOf(backend: StoreBackend, what: string): Promise<State> {
  const { kind, format } = new Fixtures(backend.capabilities);
  const { items } = await assertResolves(backend.list(kind, undefined, format), `list ${what}`);
  const state = new Map<string, string>();
  for (const item of items) {
    const value = manifestValue(item.body) ?? fail(`${item.ref.name} has lost its value ${what}`);
    const applied = manifestOf(backend, item.ref.name, value);
    assertKept(backend.capabilities, applied, item, `${item.ref.name} ${what}`);
    state.set(item.ref.name, value);
  }
  assertEqual(backend.resourceCount(), state.size, `resources ${what}`);
  return state;
}

/** A state as it stands in a message: "a=1, b=2"; equal states are equal texts. */
function showState(state: State): string {
  const pairs = [...state].map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "nothing" : pairs.sort().join(", ");
}

/** Fails unless it is one of these. */
export function assertState(actual: State, expected: readonly State[], what: string): void {
  const wanted = [...new Set(expected.map(showState))];
  if (!wanted.includes(showState(actual)))
    fail(`${what}: expected ${wanted.join(" or ")}, got ${showState(actual)}`);
}

function manifestOf({ capabilities }: StoreBackend, name: string, value = "0"): Manifest {
  return new Fixtures(capabilities).manifest({ name, value });
}

function snapshotOf(backend: StoreBackend, state: State): Uint8Array {
  const manifests = [...state].map(([name, value]) => manifestOf(backend, name, value));
  return encodeSnapshot(manifests.map(snapshotEntry));
}
