/** Sealed catalog files against the Rust implementation's own: what one writes, the other reads whole. */

import { readFileSync, writeFileSync } from "node:fs";
import { CatalogSnapshot, CatalogSnapshotError } from "@engenho/sdk/sealed";
import { askRevoada, type CatalogPut, type RustOutcome, type RustStep } from "./ask-revoada.ts";
import type { RustLab } from "./rust-lab.ts";
import { loadBytes, type StoredBytes, storeBytes } from "./stored-bytes.ts";

/** One catalog in a file of each. */
interface CatalogVector {
  readonly id: string;
  readonly lastAppliedIndex: string;
  /** Rust's file. */
  readonly rust: StoredBytes;
  /** Ours of the same catalog, which Rust has read and written again as its own file. */
  readonly ours: StoredBytes;
}

/** A file that is not sound, and the kinds of error that it gives; null where it is taken. */
interface UnsoundVector {
  readonly id: string;
  readonly bytes: StoredBytes;
  readonly ours: string | null;
  readonly rust: string | null;
}

/** What is kept in packages/sdk/test/vectors/rust-sealed.json. */
export interface CatalogVectors {
  readonly about: string;
  readonly catalogs: readonly CatalogVector[];
  readonly unsound: readonly UnsoundVector[];
}

interface CatalogCase {
  readonly id: string;
  readonly index: bigint;
  readonly puts: readonly CatalogPut[];
}

function put(kind: string, namespace: string | null, name: string, value: string): CatalogPut {
  return {
    group: kind === "Deployment" ? "apps" : "",
    version: "v1",
    kind,
    namespace,
    name,
    value,
  };
}

// Not 2.0: serde_json tells it from 2, JavaScript does not, and it comes back as 2.
const numbers =
  "[0, -0, 1, -1, 9007199254740991, 9007199254740993, 18446744073709551615, -9223372036854775808, 0.1, -0.0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456789012345680.0]";
const cases: readonly CatalogCase[] = [
  { id: "of nothing", index: 0n, puts: [] },
  { id: "of one resource", index: 1n, puts: [put("Pod", "default", "web", '{"spec":{}}')] },
  { id: "of a cluster-scoped resource", index: 7n, puts: [put("Node", null, "n1", "{}")] },
  { id: "at the last index", index: 2n ** 64n - 1n, puts: [put("Pod", "a", "b", "{}")] },
  {
    id: "of every kind of number",
    index: 2n ** 53n + 1n,
    puts: [put("Pod", "a", "numbers", `{"n":${numbers}}`)],
  },
  {
    id: "of every kind of text",
    index: 2n,
    puts: [
      put("Pod", "caf\u00e9", "cafe\u0301", JSON.stringify({ "": '\u0000\u001f\u007f"\\/' })),
      put("Pod", "😀", "\u2028\ufeff", JSON.stringify({ __proto__x: { constructor: "\uffff" } })),
    ],
  },
  {
    id: "of values that are no objects",
    index: 5n,
    puts: ["null", "true", '"text"', "[[],{}]", "0"].map((value, index) =>
      put("Blob", null, `b${index}`, value),
    ),
  },
  {
    id: "of 300 resources",
    index: 1000n,
    puts: Array.from({ length: 300 }, (_, i) =>
      put("Deployment", `ns-${i % 5}`, `web-${i}`, `{"spec":{"replicas":${i}}}`),
    ),
  },
];

/** Damages of a sound file, and what Rust and we say of them. */
const damages: readonly {
  readonly id: string;
  readonly damage: (sound: Uint8Array) => Uint8Array;
  readonly ours: string | null;
  readonly rust: string | null;
}[] = [
  alike("another magic", "bad_magic", (sound) => flipped(sound, 0)),
  alike("a later version", "bad_magic", (sound) => flipped(sound, 26)),
  alike("a header cut short", "truncated", (sound) => sound.subarray(0, 67)),
  alike("a payload cut short", "truncated", (sound) => sound.subarray(0, -1)),
  alike("a length beyond the end", "truncated", (sound) => announcing(sound, 2n ** 40n)),
  alike("another hash", "hash_mismatch", (sound) => flipped(sound, 40)),
  alike("another payload", "hash_mismatch", (sound) => flipped(sound, 80)),
  alike("a length before the end", "hash_mismatch", (sound) => announcing(sound, 1n)),
  // We look at the magic first: what is another kind of file should not be called a broken one of these.
  { id: "nothing", damage: () => new Uint8Array(), ours: "truncated", rust: "truncated" },
  {
    id: "a short file of another kind",
    damage: () => new TextEncoder().encode("hello"),
    ours: "bad_magic",
    rust: "truncated",
  },
  // Rust does not look behind the payload; we refuse bytes that nothing vouches for.
  {
    id: "bytes behind the payload",
    damage: (sound) => Buffer.concat([sound, new Uint8Array(3)]),
    ours: "decode",
    rust: null,
  },
];

function alike(
  id: string,
  kind: string,
  damage: (sound: Uint8Array) => Uint8Array,
): (typeof damages)[number] {
  return { id, damage, ours: kind, rust: kind };
}

/** The bytes with the lowest bit of one turned over. */
function flipped(sound: Uint8Array, index: number): Uint8Array {
  return Uint8Array.from(sound, (byte, at) => (at === index ? byte ^ 1 : byte));
}

/** The bytes with another length in the header. */
function announcing(sound: Uint8Array, length: bigint): Uint8Array {
  const bytes = Uint8Array.from(sound);
  new DataView(bytes.buffer).setBigUint64(28, length, true);
  return bytes;
}

/** Does it all; the vectors are right if `lab` has no problems. */
export async function makeCatalogVectors(lab: RustLab): Promise<CatalogVectors> {
  const files = cases.map(() => ({
    rust: lab.newRoot(),
    ours: lab.newRoot(),
    again: lab.newRoot(),
  }));
  const saves = cases.map(({ puts, index }, i): RustStep => {
    const path = files[i]?.rust ?? "";
    return { step: "saveCatalog", path, puts, index: String(index) };
  });
  for (const outcome of askRevoada(saves))
    lab.expect("rustReads", "a save", outcome, { value: null });
  for (const { rust, ours } of files) await (await CatalogSnapshot.loadFrom(rust)).saveTo(ours);
  const read = askRevoada(
    files.flatMap(({ ours, again }): RustStep[] => [
      { step: "loadCatalog", path: ours },
      { step: "saveCatalogAgain", from: ours, to: again },
    ]),
  );
  for (const [i, { id, index, puts }] of cases.entries()) {
    const { rust = "", again = "" } = files[i] ?? {};
    const found = { value: { count: puts.length, index: String(index) } };
    lab.expect("rustReads", `Rust reads our catalog ${id}`, read[2 * i], found);
    const loaded = (await CatalogSnapshot.loadFrom(rust)).lastAppliedIndex;
    lab.expect("weRead", `the index of Rust's catalog ${id}`, String(loaded), String(index));
    // Rust writes one catalog in one way only: its bytes are the same if no value was lost on the way.
    const bytes = [again, rust].map((path) => storeBytes(readFileSync(path)));
    lab.expect("weRead", `Rust's catalog ${id}, through us and back`, bytes[0], bytes[1]);
  }
  const stored = (path: string = ""): StoredBytes => storeBytes(readFileSync(path));
  return {
    about:
      "Written by `npm run rust-vectors`. rust: files that the Rust implementation sealed; ours: the same catalogs as we seal them, which it has read and sealed again as before. unsound: the kinds of error that both give, null where a file is taken. Bytes in hex, or brotli in base64.",
    catalogs: cases.map(({ id, index }, i) => ({
      id,
      lastAppliedIndex: String(index),
      rust: stored(files[i]?.rust),
      ours: stored(files[i]?.ours),
    })),
    unsound: judgeUnsound(lab, readFileSync(files[1]?.rust ?? "")),
  };
}

function judgeUnsound(lab: RustLab, sound: Uint8Array): readonly UnsoundVector[] {
  const vectors = damages.map(({ id, damage, ours, rust }) => {
    return { id, bytes: storeBytes(damage(sound)), ours, rust };
  });
  const steps = vectors.map(({ bytes }): RustStep => {
    const path = lab.newRoot();
    writeFileSync(path, loadBytes(bytes));
    return { step: "loadCatalog", path };
  });
  for (const [index, outcome] of askRevoada(steps).entries()) {
    const { id, bytes, ours, rust } = vectors[index] as UnsoundVector;
    lab.expect("rustReads", `Rust on ${id}`, kindOf(outcome), rust);
    lab.expect("weRead", `we on ${id}`, ourKindOf(loadBytes(bytes)), ours);
  }
  return vectors;
}

function kindOf(outcome: RustOutcome): string | null {
  return "error" in outcome ? outcome.error : null;
}

function ourKindOf(bytes: Uint8Array): string | null {
  try {
    CatalogSnapshot.decode(bytes);
    return null;
  } catch (error) {
    if (error instanceof CatalogSnapshotError) return error.kind;
    throw error;
  }
}
