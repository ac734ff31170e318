/** The wire formats against serde and ciborium: asks the Rust program, and makes vectors of what it says. */

import {
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
  type Envelope,
} from "@engenho/sdk";
import { askCargo, pinnedVersion } from "./cargo.ts";
import { payloadBytes, type StoredBytes, storeBytes } from "./stored-bytes.ts";
import {
  contentOf,
  type SnapshotCase,
  snapshotCases,
  type WireCase,
  wireCases,
} from "./wire-cases.ts";

/** The bytes of a case, by who wrote them. */
interface Written {
  /** The SDK's, as the Rust program read them. */
  readonly ours: StoredBytes;
  /** By the name of the spelling, the Rust program's. */
  readonly rust: Readonly<Record<string, StoredBytes>>;
}

/** What is kept in packages/sdk/test/vectors/rust.json. */
export interface WireVectors {
  readonly about: string;
  readonly writtenBy: string;
  readonly envelopes: readonly (WireCase & Written)[];
  readonly snapshots: readonly (SnapshotCase & Written)[];
}

/** What the Rust program says of a case; bytes in hex. */
interface Verdict {
  readonly id: string;
  readonly problem: string | null;
  readonly written: Readonly<Record<string, string>>;
}

interface Report {
  readonly envelopes: readonly Verdict[];
  readonly snapshots: readonly Verdict[];
}

/** The resource of a case, as the codec has it. */
export function envelopeOf({ ref, format, payload }: WireCase): Envelope {
  return { ref, payload: payloadBytes(payload), ...(format === undefined ? {} : { format }) };
}

/** The SDK's snapshot of a case. */
export function snapshotOf(content: readonly WireCase[]): Uint8Array {
  return encodeSnapshot(
    content.map((one) => ({ ref: one.ref, envelope: encodeEnvelope(envelopeOf(one)) })),
  );
}

/** The vectors, and everything that was not as it should be. */
export function makeWireVectors(): { readonly vectors: WireVectors; readonly problems: string[] } {
  const snapshots = snapshotCases.map((snapshot) => ({
    ...snapshot,
    resources: inSnapshotOrder(contentOf(snapshot.content, wireCases)),
  }));
  const report = askCargo("wire", {
    envelopes: wireCases.map(questionOf),
    snapshots: snapshots.map(({ id, resources }) => ({
      id,
      entries: resources.map(questionOf),
      ours: hex(snapshotOf(resources)),
    })),
  }) as Report;
  const problems = [...report.envelopes, ...report.snapshots].flatMap(({ id, problem }) =>
    problem === null ? [] : [`${id}: Rust reads ours and finds: ${problem}`],
  );
  for (const [index, one] of wireCases.entries()) {
    for (const [spelling, bytes] of writtenIn(report.envelopes, index)) {
      if (readsAs(one, bytes)) continue;
      problems.push(`${one.id}: we read Rust's spelling "${spelling}" as another resource`);
    }
  }
  for (const [index, { id, resources }] of snapshots.entries()) {
    for (const [spelling, bytes] of writtenIn(report.snapshots, index)) {
      if (snapshotReadsAs(resources, bytes)) continue;
      problems.push(`${id}: we read Rust's spelling "${spelling}" as another snapshot`);
    }
  }
  const writtenBy = `serde ${pinnedVersion("wire", "serde")}, ciborium ${pinnedVersion("wire", "ciborium")}`;
  return {
    vectors: {
      about:
        "Written by `npm run rust-vectors`. ours: the SDK's bytes, which Rust read as this resource. rust: the bytes of each spelling. Bytes in hex, or brotli in base64; payloads as text, hex, or byte i = (first + i * step) mod 256.",
      writtenBy,
      envelopes: wireCases.map((one, index) => ({
        ...one,
        ours: storeBytes(encodeEnvelope(envelopeOf(one))),
        rust: stored(report.envelopes, index),
      })),
      snapshots: snapshots.map(({ id, content, resources }, index) => ({
        id,
        content,
        ours: storeBytes(snapshotOf(resources)),
        rust: stored(report.snapshots, index),
      })),
    },
    problems,
  };
}

/** What the Rust program is told of a resource. */
function questionOf(one: WireCase): object {
  return { ...one, ours: hex(encodeEnvelope(envelopeOf(one))) };
}

/** The Rust program holds the order of our snapshot against its own, so it must not be told its own. */
function inSnapshotOrder(content: readonly WireCase[]): readonly WireCase[] {
  const byEnvelope = new Map(content.map((one) => [hex(encodeEnvelope(envelopeOf(one))), one]));
  return decodeSnapshot(snapshotOf(content)).map(
    ({ envelope }) => byEnvelope.get(hex(envelope)) as WireCase,
  );
}

/** Whether bytes are read as this resource, and written again as our own. */
function readsAs(one: WireCase, bytes: Uint8Array): boolean {
  const wanted = encodeEnvelope(envelopeOf(one));
  return hex(encodeEnvelope(decodeEnvelope(bytes))) === hex(wanted);
}

/** The same for a snapshot, whose envelopes have no labels there. */
function snapshotReadsAs(resources: readonly WireCase[], bytes: Uint8Array): boolean {
  const entries = decodeSnapshot(bytes).map(({ ref, envelope }) => {
    const { payload } = decodeEnvelope(envelope);
    return { ref, envelope: encodeEnvelope({ ref, payload }) };
  });
  const unlabelled = resources.map(({ id, ref, payload }) => ({ id, ref, payload }));
  return hex(encodeSnapshot(entries)) === hex(snapshotOf(unlabelled));
}

function* writtenIn(
  verdicts: readonly Verdict[],
  index: number,
): Iterable<readonly [spelling: string, bytes: Uint8Array]> {
  for (const [spelling, bytes] of Object.entries(verdicts[index]?.written ?? {})) {
    yield [spelling, new Uint8Array(Buffer.from(bytes, "hex"))];
  }
}

function stored(verdicts: readonly Verdict[], index: number): Record<string, StoredBytes> {
  const spellings = [...writtenIn(verdicts, index)];
  return Object.fromEntries(spellings.map(([spelling, bytes]) => [spelling, storeBytes(bytes)]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
