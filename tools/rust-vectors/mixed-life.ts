/** One root that both implementations live in by turns: each finds what the other one left. */

import { askRevoada, hex, type RustStep } from "./ask-revoada.ts";
import { yamlOf } from "./root-cases.ts";
import { nameOf, type RustLab } from "./rust-lab.ts";
import type { Operation, Sight } from "./stages.ts";
import { payloadBytes, type StoredPayload, storeBytes } from "./stored-bytes.ts";

/** What a resource was last given, by its name; all are Pods but those that begin with "node". */
type State = Readonly<Record<string, number>>;

/** Changes from one state to the next, in the words of both implementations. */
interface Turn {
  readonly operations: readonly Operation[];
  readonly steps: readonly RustStep[];
}

function refOf(name: string): Sight["ref"] {
  return name.startsWith("node")
    ? { kind: "Node", name }
    : { kind: "Pod", name, namespace: "life" };
}

function manifest(name: string, version: number): StoredPayload {
  return { text: `${yamlOf("v1", refOf(name))}spec: {version: ${version}}\n` };
}

function turn(from: State, to: State): Turn {
  const changed = Object.entries(to).filter(([name, version]) => from[name] !== version);
  const gone = Object.keys(from).filter((name) => !(name in to));
  const bodies = changed.map(([name, version]) => manifest(name, version));
  return {
    operations: [
      ...bodies.map((apply) => ({ apply, format: "yaml" })),
      ...gone.map((name) => ({ delete: refOf(name) })),
    ],
    steps: [
      ...bodies.map((body): RustStep => {
        return { step: "apply", on: "life", format: "yaml", body: hex(payloadBytes(body)) };
      }),
      ...gone.map((name): RustStep => ({ step: "delete", on: "life", ref: refOf(name) })),
    ],
  };
}

const states: readonly State[] = [
  {},
  { a: 1, b: 1, c: 1, node1: 1 },
  { a: 2, c: 1, node1: 1, node2: 2, d: 2 },
  { a: 3, c: 1, node2: 2, e: 3 },
  { a: 3, b: 4, node2: 4 },
  { a: 5, b: 4, node2: 4, c: 5 },
];

/** Rust makes the odd turns and we the even ones; then each restores a state of the other's. */
export async function mixedLife(lab: RustLab): Promise<void> {
  const root = lab.newRoot();
  const snapshots: string[] = [];
  for (const [index, state] of states.entries()) {
    const before = states[index - 1];
    if (before === undefined) continue;
    const { operations, steps } = turn(before, state);
    if (index % 2 === 1) snapshots.push(rustLives(lab, root, before, steps));
    else await weLive(lab, root, `life, turn ${index}`, before, operations);
  }
  // What the snapshots hold: state 1, state 3, state 5.
  const restored = { restore: storeBytes(Buffer.from(snapshots[0] ?? "", "hex")) };
  await weLive(lab, root, "life, we restore Rust's snapshot", states[5] ?? {}, [restored]);
  const ours = Buffer.from(snapshots[1] ?? "", "hex").toString("hex");
  rustLives(lab, root, states[1] ?? {}, [{ step: "restore", on: "life", snapshot: ours }]);
  await weLive(lab, root, "life, Rust has restored", states[3] ?? {}, []);
}

/** Rust opens the root, must find `state`, and makes the changes; gives its snapshot. */
function rustLives(lab: RustLab, root: string, state: State, changes: readonly RustStep[]): string {
  const gets = Object.keys(state).map((name): RustStep => {
    return { step: "get", on: "life", ref: refOf(name), format: "yaml" };
  });
  const steps: readonly RustStep[] = [
    { step: "open", on: "life", root },
    { step: "count", on: "life" },
    ...gets,
    ...changes,
    { step: "snapshot", on: "life" },
  ];
  const values = askRevoada(steps).map((outcome, index) => {
    if ("value" in outcome) return outcome.value;
    lab.problems.push(`life: ${steps[index]?.step} in Rust: ${outcome.error}`);
    return undefined;
  });
  lab.expect("rustReads", "life: Rust counts", values[1], Object.keys(state).length);
  for (const [index, [name, version]] of Object.entries(state).entries()) {
    const wanted = hex(payloadBytes(manifest(name, version)));
    lab.expect("rustReads", `life: Rust gets ${name}`, values[2 + index], wanted);
  }
  return String(values.at(-1));
}

/** We open the root, must find `state`, and make the changes. */
async function weLive(
  lab: RustLab,
  root: string,
  id: string,
  state: State,
  operations: readonly Operation[],
): Promise<void> {
  const looks = Object.keys(state).map((name) => ({ ref: refOf(name), format: "yaml" }));
  const { sees, resourceCount } = await lab.live(id, root, looks, operations);
  lab.expect("weRead", `${id}: we count`, resourceCount, looks.length);
  for (const [index, [name, version]] of Object.entries(state).entries()) {
    const wanted = storeBytes(payloadBytes(manifest(name, version)));
    lab.expect("weRead", `${id}: we get ${nameOf(refOf(name))}`, sees[index]?.body, wanted);
  }
}
