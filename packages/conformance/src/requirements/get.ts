/** CORE 060–069: get, and the formats it translates between. */

import {
  type Capabilities,
  decodeEnvelope,
  encodeEnvelope,
  type FormatAdapter,
  k8sJson,
  k8sYaml,
  type ManifestValue,
  type ResourceRef,
} from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
  show,
} from "../harness/assertions.ts";
import type { CheckContext } from "../harness/check-context.ts";
import { Fixtures } from "../harness/fixtures.ts";
import type { Requirement } from "./requirement.ts";

const readsNative = ({ formats, kinds }: Capabilities): boolean =>
  formats.includes("native") && kinds === "any";
const readsYamlAndJson = ({ formats, kinds }: Capabilities): boolean =>
  formats.includes("yaml") && formats.includes("json") && kinds === "any";
const keepsBytes = ({ fidelity }: Capabilities): boolean => fidelity === "bytes";

const ref: ResourceRef = { kind: "ConfigMap", name: "told", namespace: "default" };
const encoder = new TextEncoder();

export const getRequirements: readonly Requirement[] = [
  {
    id: "CORE-060",
    level: "MUST",
    profile: "core",
    title:
      "`get` and `delete` of a resource that is not there are `not_found`; the error carries the reference, the verb and the backend.",
    check: missingIsNotFound,
  },
  {
    id: "CORE-061",
    level: "MUST",
    profile: "core",
    title:
      "Every sample manifest, applied, is read back under its reference with its bytes as they were (every field, if `fidelity` is `semantic`).",
    check: samplesComeBack,
  },
  {
    id: "CORE-062",
    level: "MUST",
    profile: "core",
    title:
      "`get` in another format translates between YAML and JSON and loses nothing: integers above 2^53, long decimals, text that looks like a number, order and unusual keys survive.",
    appliesTo: readsYamlAndJson,
    check: translationIsLossless,
  },
  {
    id: "CORE-063",
    level: "MUST",
    profile: "core",
    title:
      "`get` never returns a body in a format other than the one asked for: what the other format cannot say is `unsupported_format`, with the reason.",
    appliesTo: readsYamlAndJson,
    check: untranslatableIsUnsupported,
  },
  {
    id: "CORE-064",
    level: "MUST",
    profile: "core",
    title:
      "`get` as `native` is the envelope: the full reference, the format that was applied, and the applied bytes.",
    appliesTo: ({ formats, fidelity }) => formats.includes("native") && fidelity === "bytes",
    check: nativeIsTheEnvelope,
  },
  {
    id: "CORE-065",
    level: "MUST",
    profile: "core",
    title:
      "A native envelope that was applied is kept byte for byte, in whatever spelling and with whatever other keys it has.",
    appliesTo: (capabilities) => readsNative(capabilities) && keepsBytes(capabilities),
    check: nativeIsKeptAsSpelled,
  },
  {
    id: "CORE-066",
    level: "MUST",
    profile: "core",
    title:
      "An envelope without a format whose payload is a manifest of its own reference is read in the format that the payload is in.",
    appliesTo: (capabilities) => readsNative(capabilities) && readsYamlAndJson(capabilities),
    check: unlabelledPayloadIsRecognised,
  },
  {
    id: "CORE-067",
    level: "MUST",
    profile: "core",
    title:
      "An envelope without a format whose payload is anything else, a manifest of another reference too, is opaque: read as `native` only.",
    appliesTo: (capabilities) => readsNative(capabilities) && readsYamlAndJson(capabilities),
    check: otherPayloadsAreOpaque,
  },
  {
    id: "CORE-068",
    level: "MUST",
    profile: "core",
    title:
      "An applied native body that is no well-formed envelope (duplicate keys, a date tag, invalid UTF-8, trailing bytes) is `invalid_manifest`.",
    appliesTo: readsNative,
    check: damagedEnvelopesAreRefused,
  },
];

async function missingIsNotFound({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const there = fixtures.manifest({ name: "there" });
  await backend.apply(there.format, there.body);
  for (const missing of [fixtures.ref("missing"), fixtures.ref("there", "elsewhere")]) {
    for (const verb of ["get", "delete"] as const) {
      const call = verb === "get" ? backend.get(missing, there.format) : backend.delete(missing);
      const error = await assertRejects(call, "not_found", `${verb} of what is not there`, {
        outcome: "none",
      });
      assertEqual(
        { verb: error.verb, backend: error.backend },
        { verb, backend: backend.name },
        "verb and backend of the error",
      );
      assert(error.ref !== undefined, "the error carries no reference");
      assertReference(error.ref, missing, "the error");
    }
  }
  assertEqual(backend.resourceCount(), 1, "resources afterwards");
}

async function samplesComeBack({ backend, capabilities, samples }: CheckContext): Promise<void> {
  const applied = [];
  for (const sample of samples) {
    if (!capabilities.formats.includes(sample.format)) continue;
    applied.push({ sample, result: await backend.apply(sample.format, sample.body) });
  }
  const references = new Set(applied.map(({ result }) => JSON.stringify(result.ref)));
  assertEqual(backend.resourceCount(), references.size, "resources after one apply of each sample");
  for (const { sample, result } of applied) {
    const read = await backend.get(result.ref, sample.format);
    assertReference(read.ref, result.ref, `get of ${sample.name}`);
    assertEqual(read.format, sample.format, `format of ${sample.name}`);
    if (keepsBytes(capabilities)) assertBytes(read.body, sample.body, `get of ${sample.name}`);
  }
}

/** The same manifest as YAML and as JSON, full of what careless translations lose. */
const trickyJson = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"told","namespace":"default"},"zeta":1,"alpha":2,
"big":9007199254740993,"huge":123456789012345678901234567890,"long":0.1000000000000000055511151231257827,"small":1e-7,"negative":-0.5,
"yes":"yes","on":"on","octal":"0o17","date":"2026-11-21","null":"null","number":"1e3","empty":"","space":" a ","lines":"a\\nb\\n\\nc",
"crlf":"a\\r\\nb","unicode":"\\u00fc \\ud83d\\ude00","__proto__":{"polluted":true},"a/b: c":"#","list":[null,true,[],{}]}`;
const trickyYaml = `apiVersion: v1
kind: ConfigMap
metadata: {name: told, namespace: default}
zeta: 1
alpha: 2
big: 9007199254740993 # above 2^53
huge: 123456789012345678901234567890
long: 0.1000000000000000055511151231257827
small: 1e-7
negative: -0.5
"yes": yes
on: on
octal: "0o17"
date: 2026-11-21
"null": "null"
number: "1e3"
empty: ""
space: " a "
lines: |-
  a
  b

  c
crlf: "a\\r\\nb"
unicode: ü 😀
__proto__: &shared {polluted: true}
"a/b: c": "#"
list: [~, true, [], {}]
`;

async function translationIsLossless({ backend }: CheckContext): Promise<void> {
  for (const [format, text, other] of [
    ["yaml", trickyYaml, k8sJson],
    ["json", trickyJson, k8sYaml],
  ] as const) {
    await backend.apply(format, encoder.encode(text));
    const translated = await backend.get(ref, other.format);
    assertEqual(translated.format, other.format, "format of the translation");
    const expected = parse(k8sJson, encoder.encode(trickyJson));
    assertEqual(
      plain(parse(other, translated.body)),
      plain(expected),
      `${format} read as ${other.format}`,
    );
  }
}

function parse(adapter: FormatAdapter, body: Uint8Array): ManifestValue {
  return adapter.parse?.(body) ?? null;
}

/** A value in which two equal manifests are equal data: mappings as pairs, numbers as their text. */
function plain(value: ManifestValue): unknown {
  if (value instanceof Map)
    return [...value].map(([key, part]) => [key, plain(part as ManifestValue)]);
  if (Array.isArray(value)) return value.map((part: ManifestValue) => plain(part));
  return value;
}

async function untranslatableIsUnsupported({ backend }: CheckContext): Promise<void> {
  for (const [name, value] of [
    ["infinity", ".inf"],
    ["nan", ".nan"],
    ["binary", "!!binary aGk="],
  ] as const) {
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata: ${value}\n`;
    const { ref: applied } = await backend.apply("yaml", encoder.encode(body));
    await assertRejects(
      backend.get(applied, "json"),
      "unsupported_format",
      `get as json of a YAML with ${value}`,
      { outcome: "none" },
    );
    assertBytes(
      (await backend.get(applied, "yaml")).body,
      encoder.encode(body),
      "get in the applied format",
    );
  }
}

async function nativeIsTheEnvelope({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of ["yaml", "json"].filter((one) => capabilities.formats.includes(one))) {
    const { ref: expected, body } = fixtures.manifest({ name: `as-${format}`, format });
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

/** `{zz: true, ref: {…}, note: ["a", 1000], payload: h'0102'}` with indefinite lengths and long heads. */
const unusualSpelling = Uint8Array.of(
  ...[
    0xbf, 0x62, 0x7a, 0x7a, 0xf5, 0x78, 0x03, 0x72, 0x65, 0x66, 0xa3, 0x64, 0x6b, 0x69, 0x6e, 0x64,
    0x63, 0x50, 0x6f, 0x64,
  ],
  ...[
    0x64, 0x6e, 0x61, 0x6d, 0x65, 0x65, 0x6e, 0x67, 0x69, 0x6e, 0x78, 0x69, 0x6e, 0x61, 0x6d, 0x65,
    0x73, 0x70, 0x61, 0x63,
  ],
  ...[
    0x65, 0x67, 0x64, 0x65, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x64, 0x6e, 0x6f, 0x74, 0x65, 0x82, 0x61,
    0x61, 0x19, 0x03, 0xe8,
  ],
  ...[0x67, 0x70, 0x61, 0x79, 0x6c, 0x6f, 0x61, 0x64, 0x5f, 0x41, 0x01, 0x41, 0x02, 0xff, 0xff],
);

async function nativeIsKeptAsSpelled({ backend }: CheckContext): Promise<void> {
  const { ref: applied } = await backend.apply("native", unusualSpelling);
  assertReference(
    applied,
    { kind: "Pod", name: "nginx", namespace: "default" },
    "apply of an unusual spelling",
  );
  assertBytes(
    (await backend.get(applied, "native")).body,
    unusualSpelling,
    "an envelope in an unusual spelling, read back",
  );
}

async function unlabelledPayloadIsRecognised({ backend }: CheckContext): Promise<void> {
  for (const [format, text] of [
    ["json", trickyJson],
    ["yaml", trickyYaml],
  ] as const) {
    const payload = encoder.encode(text);
    await backend.apply("native", encodeEnvelope({ ref, payload }));
    assertBytes(
      (await backend.get(ref, format)).body,
      payload,
      `an unlabelled ${format} payload read as ${format}`,
    );
    const other = format === "json" ? "yaml" : "json";
    assertEqual(
      (await backend.get(ref, other)).format,
      other,
      `format of an unlabelled ${format} payload read as ${other}`,
    );
  }
}

async function otherPayloadsAreOpaque({ backend }: CheckContext): Promise<void> {
  const payloads = {
    "arbitrary bytes": Uint8Array.of(1, 2, 200),
    "another resource's manifest": encoder.encode(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: another, namespace: default}\n",
    ),
    "a YAML scalar": encoder.encode("just text"),
    "no bytes": new Uint8Array(0),
  };
  for (const [what, payload] of Object.entries(payloads)) {
    const body = encodeEnvelope({ ref, payload });
    await backend.apply("native", body);
    for (const format of ["yaml", "json"]) {
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
