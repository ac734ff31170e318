/** Roots and snapshots of resources that travel: each implementation reads what the other one wrote. */

import { createInMemoryBackend } from "@engenho/sdk";
import { askRevoada, hex, type RustOutcome, type RustStep } from "./ask-revoada.ts";
import { type FileTree, readTree } from "./file-tree.ts";
import { nomadJob, rootCases } from "./root-cases.ts";
import { nameOf, type RustLab } from "./rust-lab.ts";
import type { Operation, Sight, Stage } from "./stages.ts";
import { loadBytes, payloadBytes, storeBytes } from "./stored-bytes.ts";

const operations: readonly Operation[] = rootCases.map(({ format, body }) => ({
  apply: body,
  format,
}));

/** Each resource as it was applied, and as an envelope. */
const looks: readonly Pick<Sight, "ref" | "format">[] = rootCases.flatMap(({ ref, format }) =>
  [...new Set([format, "native"])].map((each) => ({ ref, format: each })),
);

/** Does it all, and says what differs. */
export async function travel(lab: RustLab): Promise<void> {
  const root = lab.newRoot();
  const ours = await lab.live("our own root", root, [], operations);
  const seen = await lab.live("our own root, opened again", root, looks);
  checkSights(lab, seen);
  const theirSnapshot = readByRust(lab, root, ours, seen.sees);
  const backAgain = [{ restore: theirSnapshot }];
  const returned = await lab.live("our resources in a Rust snapshot", lab.newRoot(), [], backAgain);
  lab.expect("weRead", "our resources in a Rust snapshot", returned.snapshot, ours.snapshot);
  lab.expect("weRead", "the files of that", storedFiles(returned.after), storedFiles(ours.after));
  await readRust(lab);
}

/** Rust opens our root, and restores our snapshot in its memory and into a root of its own. */
function readByRust(lab: RustLab, root: string, ours: Stage, sights: readonly Sight[]): string {
  const restored = lab.newRoot();
  const snapshot = hex(loadBytes(ours.snapshot ?? ""));
  const stores = ["our root", "memory", "a restored root", "a restored root, opened again"];
  const reads = stores.map((on) => readSteps(on, sights));
  const [ofRoot = [], ofMemory = [], ofRestored = [], ofReopened = []] = reads;
  const steps: readonly RustStep[] = [
    { step: "open", on: "our root", root },
    ...ofRoot,
    { step: "memory", on: "memory" },
    { step: "restore", on: "memory", snapshot },
    ...ofMemory,
    { step: "open", on: "a restored root", root: restored },
    { step: "restore", on: "a restored root", snapshot },
    ...ofRestored,
    { step: "close", on: "a restored root" },
    { step: "open", on: "a restored root, opened again", root: restored },
    ...ofReopened,
  ];
  const outcomes = askRevoada(steps);
  for (const [index, outcome] of outcomes.entries()) {
    if ("error" in outcome) lab.problems.push(`${steps[index]?.step} in Rust: ${outcome.error}`);
  }
  const snapshots = new Set<unknown>();
  for (const [number, read] of reads.entries()) {
    const begin = steps.indexOf(read[0] as RustStep);
    const found = outcomes.slice(begin, begin + read.length).map(valueOf);
    const store = stores[number] ?? "";
    lab.expect("rustReads", `Rust counts ${store}`, found.shift(), rootCases.length);
    snapshots.add(found.shift());
    for (const { ref, format, body } of sights) {
      const what = `Rust gets ${nameOf(ref)} as ${format} from ${store}`;
      lab.expect("rustReads", what, found.shift(), hex(loadBytes(body ?? "")));
    }
    for (const [index, lister] of listSteps(store).entries()) {
      const what = `Rust lists ${lister.kind} (list ${index}) of ${store}`;
      lab.expect("rustReads", what, found.shift(), listed(sights, lister));
    }
  }
  lab.expect(
    "rustReads",
    "Rust's snapshots of our resources, of which there is",
    snapshots.size,
    1,
  );
  const files = storedFiles(readTree(restored));
  lab.expect("rustReads", "the files of a root that Rust restored", files, storedFiles(ours.after));
  return storeBytes(Buffer.from(String([...snapshots][0]), "hex"));
}

/** We open a root that Rust wrote, and restore its snapshot in memory and into a root of our own. */
async function readRust(lab: RustLab): Promise<void> {
  const root = lab.newRoot();
  const cases = [...rootCases, nomadJob];
  const applies = cases.map(({ format, body }): RustStep => {
    return { step: "apply", on: "theirs", format, body: hex(payloadBytes(body)) };
  });
  const natives = cases.map(({ ref }): RustStep => {
    return { step: "get", on: "theirs", ref, format: "native" };
  });
  const outcomes = askRevoada([
    { step: "open", on: "theirs", root },
    ...applies,
    { step: "snapshot", on: "theirs" },
    ...natives,
  ]).map(valueOf);
  const [snapshotHex, ...envelopes] = outcomes.slice(1 + applies.length);
  const snapshot = storeBytes(Buffer.from(String(snapshotHex), "hex"));
  const job = { ref: nomadJob.ref, format: "native" };
  const seen = await lab.live("a root that Rust wrote", root, [...looks, job]);
  checkSights(lab, seen, cases.length);
  checkEnvelopes(lab, seen, envelopes);
  lab.expect("weRead", "the files of Rust's root, opened by us", seen.after, seen.before);
  const restore = [{ restore: snapshot }];
  const place = lab.newRoot();
  const restored = await lab.live("a snapshot that Rust made", place, [], restore);
  lab.expect("weRead", "Rust's root and snapshot, as snapshots", restored.snapshot, seen.snapshot);
  lab.expect("weRead", "their files", storedFiles(restored.after), storedFiles(seen.after));
  await using memory = await createInMemoryBackend();
  await memory.restore(loadBytes(snapshot));
  const inMemory = storeBytes(await memory.snapshot());
  lab.expect("weRead", "Rust's snapshot in our memory", inMemory, seen.snapshot);
}

/** That each resource reads as what was applied. */
function checkSights(lab: RustLab, stage: Stage, count: number = rootCases.length): void {
  lab.expect("weRead", `we count ${stage.id}`, stage.resourceCount, count);
  for (const { ref, format, body } of stage.sees) {
    const applied = rootCases.find((one) => one.ref === ref && one.format === format);
    if (applied === undefined) continue;
    const what = `we get ${nameOf(ref)} as ${format} from ${stage.id}`;
    lab.expect("weRead", what, body, storeBytes(payloadBytes(applied.body)));
  }
}

function checkEnvelopes(lab: RustLab, stage: Stage, envelopes: readonly unknown[]): void {
  const natives = stage.sees.filter(({ format }) => format === "native");
  for (const [index, { ref, body }] of natives.entries()) {
    const what = `the envelope of ${nameOf(ref)} in ${stage.id}`;
    lab.expect("weRead", what, hex(loadBytes(body ?? "")), envelopes[index]);
  }
}

function readSteps(on: string, sights: readonly Sight[]): readonly RustStep[] {
  return [
    { step: "count", on },
    { step: "snapshot", on },
    ...sights.map(({ ref, format }): RustStep => ({ step: "get", on, ref, format })),
    ...listSteps(on),
  ];
}

type ListStep = Extract<RustStep, { step: "list" }>;

/** Every kind as a whole, and every namespace of it. */
function listSteps(on: string): readonly ListStep[] {
  const places = rootCases.flatMap(({ ref: { kind, namespace = null } }) => [
    JSON.stringify([kind, null]),
    JSON.stringify([kind, namespace]),
  ]);
  return [...new Set(places)].map((place) => {
    const [kind, namespace] = JSON.parse(place) as [string, string | null];
    return { step: "list", on, kind, namespace, format: "native" };
  });
}

function listed(sights: readonly Sight[], { kind, namespace }: ListStep): readonly string[] {
  return sights
    .filter(({ format }) => format === "native")
    .filter(({ ref }) => ref.kind === kind && [ref.namespace, null].includes(namespace))
    .map(({ body }) => hex(loadBytes(body ?? "")))
    .toSorted();
}

/** All but `_meta.json`, which each implementation lays out in its own way. */
function storedFiles(tree: FileTree): FileTree {
  const files = Object.entries(tree).filter(([path]) => path !== "_meta.json");
  return Object.fromEntries(files);
}

function valueOf(outcome: RustOutcome): unknown {
  return "value" in outcome ? outcome.value : outcome;
}
