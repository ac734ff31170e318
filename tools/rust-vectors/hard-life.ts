/** Tries the hard cases: each implementation writes, replaces and deletes what the other one has written. */

import { createInMemoryBackend, type ResourceRef } from "@engenho/sdk";
import { askRevoada, hex, type RustOutcome, type RustStep } from "./ask-revoada.ts";
import { readTree } from "./file-tree.ts";
import { type Fate, type HardCase, hardCases } from "./hard-cases.ts";
import type { RustLab } from "./rust-lab.ts";
import type { Sight, Stage } from "./stages.ts";
import { payloadBytes, storeBytes } from "./stored-bytes.ts";

/** The roots of one case, each a life of its own. */
interface Roots {
  readonly ours: string;
  readonly replacedByRust: string;
  readonly deletedByRust: string;
  readonly rust: string;
}

/** What Rust said of them at first. */
interface Answers {
  readonly read: RustOutcome;
  readonly replaced: RustOutcome;
  readonly afterReplacing: RustOutcome;
  readonly afterDeleting: RustOutcome;
  readonly wrote: RustOutcome;
  readonly afterWriting: RustOutcome;
}

/** Does it all, and says where a case had another fate than the one it should have. */
export async function liveHard(lab: RustLab): Promise<void> {
  await travelInSnapshot(lab);
  const roots: Roots[] = [];
  for (const one of hardCases) roots.push(await write(lab, one));
  const answers = askFirst(roots);
  const later: { readonly one: HardCase; readonly root: string; readonly version?: number }[] = [];
  for (const [index, one] of hardCases.entries()) {
    const [places, answer] = [roots[index] as Roots, answers[index] as Answers];
    lab.expect("rustReads", `Rust reads ours: ${one.id}`, versionOf(one, answer.read), 1);
    const seen = await lab.live(`Rust wrote ${one.id}`, places.rust, looksAt(one));
    const fate: Fate = {
      rustReplaces: replaces(one, places, answer),
      rustDeletes: versionOf(one, answer.afterDeleting) === 1 ? "comes back" : "gone",
      rustKeeps: keeps(one, answer),
      weRead: reads(one, answer, seen),
    };
    for (const [what, is] of Object.entries(fate)) {
      lab.expect("weRead", `${one.id}: ${what}`, is, one.fate[what as keyof Fate]);
    }
    if (fate.rustReplaces === "a second file" && fate.weRead === "as it is") {
      // Two files hold it: we name both, and a write mends it.
      const root = places.replacedByRust;
      const mend = { apply: one.body(3), format: "yaml" };
      const mended = await lab.live(`Rust replaced ${one.id}`, root, looksAt(one), [mend]);
      lab.expect("weRead", `${one.id}: doubled`, mended.sees[0]?.code, "corrupt");
      later.push({ one, root, version: 3 });
    }
    if (fate.weRead !== "as it is") continue;
    const [replaced, deleted] = [lab.copyRoot(places.rust), lab.copyRoot(places.rust)];
    const replace = { apply: one.body(2), format: "yaml" };
    await lab.live(`we replace what Rust wrote: ${one.id}`, replaced, [], [replace]);
    await lab.live(`we delete what Rust wrote: ${one.id}`, deleted, [], [{ delete: one.ours }]);
    later.push({ one, root: replaced, version: 2 }, { one, root: deleted });
  }
  const outcomes = inTurn(
    later.map(({ one, root }) => [
      { step: "open", on: "x", root },
      { step: "get", on: "x", ref: one.ours, format: "yaml" },
      { step: "count", on: "x" },
    ]),
  );
  for (const [index, { one, version }] of later.entries()) {
    const [, got, count] = outcomes[index] ?? [];
    const found = { version: versionOf(one, got), count: valueOf(count) };
    const wanted = { version, count: version === undefined ? 0 : 1 };
    lab.expect("rustReads", `Rust reads what we left of ${one.id}`, found, wanted);
  }
}

/** In memory there are no places: a snapshot of all of them goes into Rust's store and comes back. */
async function travelInSnapshot(lab: RustLab): Promise<void> {
  await using ours = await createInMemoryBackend();
  for (const one of hardCases) await ours.apply("yaml", payloadBytes(one.body(1)));
  const snapshot = await ours.snapshot();
  const outcomes = askRevoada([
    { step: "memory", on: "memory" },
    { step: "restore", on: "memory", snapshot: hex(snapshot) },
    { step: "snapshot", on: "memory" },
    ...hardCases.map((one): RustStep => {
      return { step: "get", on: "memory", ref: one.ours, format: "yaml" };
    }),
  ]);
  for (const [index, one] of hardCases.entries()) {
    const version = versionOf(one, outcomes[3 + index]);
    lab.expect("rustReads", `Rust reads ours in a snapshot: ${one.id}`, version, 1);
  }
  await using back = await createInMemoryBackend();
  await back.restore(Buffer.from(String(valueOf(outcomes[2])), "hex"));
  const returned = hex(await back.snapshot());
  lab.expect("weRead", "a snapshot of hard names, through Rust", returned, hex(snapshot));
}

async function write(lab: RustLab, one: HardCase): Promise<Roots> {
  const ours = lab.newRoot();
  await lab.live(`we write ${one.id}`, ours, [], [{ apply: one.body(1), format: "yaml" }]);
  const [replacedByRust, deletedByRust] = [lab.copyRoot(ours), lab.copyRoot(ours)];
  return { ours, replacedByRust, deletedByRust, rust: lab.newRoot() };
}

function askFirst(roots: readonly Roots[]): readonly Answers[] {
  const get = (on: string, ref: ResourceRef): RustStep => ({
    step: "get",
    on,
    ref,
    format: "yaml",
  });
  const apply = (on: string, one: HardCase, version: number): RustStep => {
    return { step: "apply", on, format: "yaml", body: hex(payloadBytes(one.body(version))) };
  };
  const outcomes = inTurn(
    hardCases.map((one, index) => {
      const { ours, replacedByRust, deletedByRust, rust } = roots[index] as Roots;
      return [
        { step: "open", on: "ours", root: ours },
        get("ours", one.ours),
        { step: "open", on: "replaced", root: replacedByRust },
        apply("replaced", one, 2),
        { step: "open", on: "replaced", root: replacedByRust },
        get("replaced", one.rust),
        { step: "open", on: "deleted", root: deletedByRust },
        { step: "delete", on: "deleted", ref: one.ours },
        { step: "open", on: "deleted", root: deletedByRust },
        get("deleted", one.ours),
        { step: "open", on: "rust", root: rust },
        apply("rust", one, 1),
        { step: "open", on: "rust", root: rust },
        get("rust", one.rust),
      ];
    }),
  );
  return outcomes.map((answers) => {
    const at = (index: number): RustOutcome => answers[index] as RustOutcome;
    return {
      read: at(1),
      replaced: at(3),
      afterReplacing: at(5),
      afterDeleting: at(9),
      wrote: at(11),
      afterWriting: at(13),
    };
  });
}

/** What is left of a case's resource by Rust's replacing it. Of two files, Rust shows the one that it reads last. */
function replaces(one: HardCase, { replacedByRust }: Roots, answer: Answers): Fate["rustReplaces"] {
  if ("error" in answer.replaced) return "refused";
  const files = Object.keys(readTree(replacedByRust)).filter((path) => path.endsWith(".envelope"));
  if (files.length === 1 && versionOf(one, answer.afterReplacing) === 2) return "in place";
  return one.ours.kind === one.rust.kind ? "a second file" : "another resource";
}

function keeps(one: HardCase, { wrote, afterWriting }: Answers): Fate["rustKeeps"] {
  if ("error" in wrote) return "refused";
  return versionOf(one, afterWriting) === 1 ? "kept" : "lost";
}

function reads(one: HardCase, { wrote }: Answers, { refused, sees }: Stage): Fate["weRead"] {
  if ("error" in wrote) return "nothing there";
  if (refused !== undefined) return "root refused";
  const wanted = storeBytes(payloadBytes(one.body(1)));
  if (sees.some(({ format, body }) => format === "yaml" && body === wanted)) return "as it is";
  return sees.some(({ body }) => body !== undefined) ? "as native" : "not seen";
}

/** A resource under Rust's name of it, but an empty namespace, which we take for none. */
function looksAt(one: HardCase): readonly Pick<Sight, "ref" | "format">[] {
  const ref = one.rust.namespace === "" ? one.ours : one.rust;
  return ["yaml", "native"].map((format) => ({ ref, format }));
}

function versionOf(one: HardCase, outcome: RustOutcome | undefined): number | undefined {
  const found = valueOf(outcome);
  return [1, 2, 3].find((version) => found === hex(payloadBytes(one.body(version))));
}

function valueOf(outcome: RustOutcome | undefined): unknown {
  return outcome !== undefined && "value" in outcome ? outcome.value : undefined;
}

/** Lists of steps in one process, and the outcomes of each. */
function inTurn(lists: readonly (readonly RustStep[])[]): readonly (readonly RustOutcome[])[] {
  const outcomes = askRevoada(lists.flat());
  let begin = 0;
  return lists.map(({ length }) => outcomes.slice(begin, (begin += length)));
}
