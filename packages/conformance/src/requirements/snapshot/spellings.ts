/** SNAP: which spellings of a snapshot are read. */

import { type ResourceRef, formatReference } from "@engenho/sdk";
import { assert, assertBytes, assertEqual } from "../../harness/assertions.ts";
import { CborSpelling } from "../../harness/cbor-spellings.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  Fixtures,
  formatsOf,
  keepsBytes,
  type Manifest,
  takesClusterScope,
} from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";
import { restores, snapshotMust } from "./must.ts";

export const snapshotSpellingRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-007",
    "A restore reads every well-formed spelling (bytes as an array of integers, indefinite lengths, long lengths, tag 64 on bytes, empty text for no namespace) and ignores unknown keys; an envelope in an unusual spelling stays byte for byte as it is.",
    restores,
    everySpellingIsRead,
  ),
];

/** One way to spell the two shapes. */
interface Spelling {
  readonly name: string;
  readonly reference: (ref: ResourceRef) => Uint8Array;
  readonly envelope: (manifest: Manifest) => Uint8Array;
  readonly snapshot: (
    entries: readonly (readonly [ref: Uint8Array, envelope: Uint8Array])[],
  ) => Uint8Array;
}

const plain = new CborSpelling();
const long = new CborSpelling({ long: true });

type Pairs = readonly (readonly [string, Uint8Array])[];

function envelopePairs(cbor: CborSpelling, { ref, format }: Manifest, payload: Uint8Array): Pairs {
  return [
    ["ref", cbor.reference(ref)],
    ["format", cbor.text(format)],
    ["payload", payload],
  ];
}

const spellings: readonly Spelling[] = [
  {
    name: "bytes as arrays of integers",
    reference: (ref) => plain.reference(ref),
    envelope: (manifest) =>
      plain.map(envelopePairs(plain, manifest, plain.integers(manifest.body))),
    snapshot: (entries) =>
      plain.array(entries.map(([ref, envelope]) => plain.array([ref, plain.integers(envelope)]))),
  },
  {
    name: "indefinite lengths",
    reference: (ref) => chunkedReference(ref),
    envelope: ({ ref, format, body }) =>
      plain.indefiniteMap([
        ["payload", plain.chunkedBytes(body)],
        ["format", plain.chunkedText(format)],
        ["ref", chunkedReference(ref)],
      ]),
    snapshot: (entries) =>
      plain.indefiniteArray(
        entries.map(([ref, envelope]) =>
          plain.indefiniteArray([ref, plain.chunkedBytes(envelope)]),
        ),
      ),
  },
  {
    name: "arrays of integers of indefinite length",
    reference: (ref) => plain.reference(ref),
    envelope: (manifest) =>
      plain.map(envelopePairs(plain, manifest, plain.indefiniteIntegers(manifest.body))),
    snapshot: (entries) =>
      plain.array(
        entries.map(([ref, envelope]) => plain.array([ref, plain.indefiniteIntegers(envelope)])),
      ),
  },
  {
    name: "tag 64",
    reference: (ref) => plain.reference(ref),
    envelope: (manifest) =>
      plain.map(envelopePairs(plain, manifest, plain.taggedBytes(manifest.body))),
    snapshot: (entries) =>
      plain.array(
        entries.map(([ref, envelope]) => plain.array([ref, plain.taggedBytes(envelope)])),
      ),
  },
  {
    name: "lengths of eight bytes",
    reference: (ref) => long.reference(ref),
    envelope: (manifest) => long.map(envelopePairs(long, manifest, long.bytes(manifest.body))),
    snapshot: (entries) =>
      long.array(entries.map(([ref, envelope]) => long.array([ref, long.bytes(envelope)]))),
  },
  {
    name: "empty text for no namespace",
    reference: textReference,
    envelope: ({ ref, format, body }) =>
      plain.map([
        ["ref", textReference(ref)],
        ["format", plain.text(format)],
        ["payload", plain.bytes(body)],
      ]),
    snapshot: (entries) =>
      plain.array(entries.map(([ref, envelope]) => plain.array([ref, plain.bytes(envelope)]))),
  },
  {
    name: "unknown keys",
    reference: ({ kind, name, namespace }) =>
      plain.map([
        ["uid", plain.array([plain.nothing(), plain.text("x")])],
        ...(namespace === undefined ? [] : [["namespace", plain.text(namespace)] as const]),
        ["name", plain.text(name)],
        ["kind", plain.text(kind)],
      ]),
    envelope: (manifest) =>
      plain.map([
        ["__proto__", plain.map([["polluted", plain.text("yes")]])],
        ...envelopePairs(plain, manifest, plain.bytes(manifest.body)),
        ["signature", plain.indefiniteArray([plain.taggedBytes(new Uint8Array(4)), plain.map([])])],
      ]),
    snapshot: (entries) =>
      plain.array(entries.map(([ref, envelope]) => plain.array([ref, plain.bytes(envelope)]))),
  },
];

function textReference({ kind, name, namespace = "" }: ResourceRef): Uint8Array {
  return plain.map([
    ["kind", plain.text(kind)],
    ["name", plain.text(name)],
    ["namespace", plain.text(namespace)],
  ]);
}

function chunkedReference({ kind, name, namespace }: ResourceRef): Uint8Array {
  return plain.indefiniteMap([
    ["name", plain.chunkedText(name)],
    ["namespace", namespace === undefined ? plain.nothing() : plain.chunkedText(namespace)],
    ["kind", plain.chunkedText(kind)],
  ]);
}

async function everySpellingIsRead({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const formats = formatsOf(capabilities, fixtures.kind);
  const format =
    fixtures.format === "native"
      ? (formats.find((one) => one !== "native") ?? "native")
      : fixtures.format;
  const scopes = takesClusterScope(capabilities, fixtures.kind) ? [null] : [];
  const manifests = [...scopes, "default"].map((namespace) =>
    fixtures.manifest({ name: "spelt", namespace, value: "a value of more than 23 bytes", format }),
  );
  for (const { name, reference, envelope, snapshot } of spellings) {
    const entries = manifests.map(
      (manifest) => [reference(manifest.ref), envelope(manifest)] as const,
    );
    await backend.restore(snapshot(entries));
    assertEqual(
      backend.resourceCount(),
      manifests.length,
      `resources after the restore of a snapshot in ${name}`,
    );
    for (const manifest of manifests) {
      const what = `${formatReference(manifest.ref)}, restored from ${name}`;
      const there = await backend.get(manifest.ref, manifest.format);
      if (!keepsBytes(capabilities, manifest.ref.kind)) continue;
      // As native it is the envelope, which is looked at below.
      if (format !== "native") assertBytes(there.body, manifest.body, what);
      if (!formats.includes("native")) continue;
      assertBytes(
        (await backend.get(manifest.ref, "native")).body,
        envelope(manifest),
        `envelope of ${what}`,
      );
    }
  }
  assert(!("polluted" in {}), "a key of an envelope got into Object.prototype");
}
