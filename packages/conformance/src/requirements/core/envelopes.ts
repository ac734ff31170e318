/** CORE 064–068: the native form. */

import { type Capabilities, decodeEnvelope, encodeEnvelope } from "@engenho/sdk";
import {
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
  show,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, formatsOf, type Manifest, takenFormats } from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import type { Requirement } from "../requirement.ts";
import { unusualEnvelope } from "../unusual-envelope.ts";
import { takesAny, textFormatsOf } from "./takes-any.ts";
import { trickyJson, trickyReference, trickyYaml } from "./tricky-manifests.ts";

const ref = trickyReference;

const encoder = new TextEncoder();

export const envelopeRequirements: readonly Requirement[] = [
  {
    id: "CORE-064",
    level: "MUST",
    profile: "core",
    title:
      "`get` as `native` is the envelope: the full reference, the format that was applied, and the applied bytes.",
    appliesTo: (capabilities) =>
      capabilities.fidelity === "bytes" && alsoNative(capabilities).length > 0,
    check: nativeIsTheEnvelope,
  },
  {
    id: "CORE-065",
    level: "MUST",
    profile: "core",
    title:
      "A native envelope that was applied is kept byte for byte, in whatever spelling and with whatever other keys it has.",
    appliesTo: (capabilities) =>
      takesAny(capabilities, "native") && capabilities.fidelity === "bytes",
    check: nativeIsKeptAsSpelled,
  },
  {
    id: "CORE-066",
    level: "MUST",
    profile: "core",
    title:
      "An envelope without a format whose payload is a manifest of its own reference is read in the format that the payload is in.",
    appliesTo: (capabilities) =>
      takesAny(capabilities, "native") && textFormatsOf(capabilities).length > 0,
    check: unlabelledPayloadIsRecognised,
  },
  {
    id: "CORE-067",
    level: "MUST",
    profile: "core",
    title:
      "An envelope without a format whose payload is anything else, a manifest of another reference too, is opaque: read as `native` only.",
    appliesTo: (capabilities) =>
      takesAny(capabilities, "native") && textFormatsOf(capabilities).length > 0,
    check: otherPayloadsAreOpaque,
  },
  {
    id: "CORE-068",
    level: "MUST",
    profile: "core",
    title:
      "An applied native body that is no well-formed envelope (duplicate keys, a date tag, invalid UTF-8, trailing bytes) is `invalid_manifest`.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: damagedEnvelopesAreRefused,
  },
];

/** A manifest in each text format, of kinds that can be read as native too. */
function alsoNative(capabilities: Capabilities): readonly Manifest[] {
  const fixtures = new Fixtures(capabilities);
  return takenFormats(capabilities)
    .filter((format) => format !== "native")
    .map((format) => fixtures.manifest({ name: `as-${format}`, format }))
    .filter(({ ref: { kind } }) => formatsOf(capabilities, kind).includes("native"));
}

async function nativeIsTheEnvelope({ backend, capabilities }: CheckContext): Promise<void> {
  for (const { ref: expected, format, body } of alsoNative(capabilities)) {
    await backend.apply(format, body);
    const read = await backend.get(expected, "native");
    const envelope = decodeEnvelope(read.body);
    assertEqual(
      [read.format, envelope.format],
      ["native", format],
      "format of the resource and of its payload",
    );
    assertReference(envelope.ref, expected, "the envelope");
    assertBytes(envelope.payload, body, "the envelope's payload");
    assertBytes(
      read.body,
      encodeEnvelope({ ref: expected, format, payload: body }),
      "the envelope, which should be deterministic CBOR",
    );
  }
}

async function nativeIsKeptAsSpelled({ backend }: CheckContext): Promise<void> {
  const { ref: applied } = await backend.apply("native", unusualEnvelope.body);
  assertReference(applied, unusualEnvelope.ref, "apply of an unusual spelling");
  assertBytes(
    (await backend.get(applied, "native")).body,
    unusualEnvelope.body,
    "an envelope in an unusual spelling, read back",
  );
}

async function unlabelledPayloadIsRecognised({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  const formats = textFormatsOf(capabilities);
  for (const format of formats) {
    const payload = encoder.encode(format === "json" ? trickyJson : trickyYaml);
    await backend.apply("native", encodeEnvelope({ ref, payload }));
    const read = await backend.get(ref, format);
    const what = `an unlabelled ${format} payload read as ${format}`;
    assertKept(capabilities, { format, body: payload }, read, what);
    for (const other of formats) {
      assertEqual(
        (await backend.get(ref, other)).format,
        other,
        `format of an unlabelled ${format} payload read as ${other}`,
      );
    }
  }
}

async function otherPayloadsAreOpaque({ backend, capabilities }: CheckContext): Promise<void> {
  const another = new Fixtures(capabilities).manifest({ name: "another" });
  const payloads = {
    "arbitrary bytes": Uint8Array.of(1, 2, 200),
    "another resource's manifest": another.body,
    "a YAML scalar": encoder.encode("just text"),
    "no bytes": new Uint8Array(0),
  };
  for (const [what, payload] of Object.entries(payloads)) {
    const body = encodeEnvelope({ ref, payload });
    await backend.apply("native", body);
    for (const format of textFormatsOf(capabilities)) {
      await assertRejects(
        backend.get(ref, format),
        "unsupported_format",
        `get as ${format} of an envelope with ${what}`,
      );
    }
    assertBytes(
      (await backend.get(ref, "native")).body,
      body,
      `get as native of an envelope with ${what}`,
    );
  }
}

async function damagedEnvelopesAreRefused({ backend }: CheckContext): Promise<void> {
  const good = encodeEnvelope({ ref: { kind: "A", name: "b" }, payload: Uint8Array.of(1) });
  const refItem = good.slice(1, good.length - 10);
  const payloadItem = good.slice(good.length - 10);
  const key = encoder.encode("payload");
  const bodies = {
    "a trailing byte": [...good, 0],
    "a duplicate key": [0xa3, ...refItem, ...refItem, ...payloadItem],
    "a date tag on the payload": [
      0xa2,
      ...refItem,
      0x67,
      ...key,
      0xc1,
      0x1a,
      0x51,
      0x4b,
      0x67,
      0xb0,
    ],
    "an integer over 255 in the payload": [
      0xa2,
      ...refItem,
      0x67,
      ...key,
      0x82,
      0x01,
      0x19,
      0x01,
      0x00,
    ],
    "invalid UTF-8 in a key": [0xa3, ...refItem, 0x62, 0xc3, 0x28, 0x01, ...payloadItem],
    "no payload": [0xa1, ...refItem],
    "no ref": [0xa1, ...payloadItem],
  };
  for (const [what, bytes] of Object.entries(bodies)) {
    await assertRejects(
      backend.apply("native", Uint8Array.from(bytes)),
      "invalid_manifest",
      `apply of an envelope with ${what}: ${show(bytes.length)} bytes`,
    );
  }
  assertEqual(backend.resourceCount(), 0, "resources after the refusals");
}
