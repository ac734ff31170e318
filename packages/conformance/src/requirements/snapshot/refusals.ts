/** SNAP: what is refused, whole, before anything changes. */

import {
  type Capabilities,
  type ErrorCode,
  encodeEnvelope,
  encodeSnapshot,
  type ResourceRef,
  type SnapshotEntry,
} from "@engenho/sdk";
import { assert, assertRejects } from "../../harness/assertions.ts";
import { concat, CborSpelling } from "../../harness/cbor-spellings.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAll, Fixtures } from "../../harness/fixtures.ts";
import { assertQuiet } from "../../harness/sentinel.ts";
import { snapshotEntry } from "../../harness/snapshot-entry.ts";
import { assertUntouched, recordStore } from "../../harness/store-content.ts";
import { withPatience } from "../../harness/patience.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import { hostileSnapshots } from "./hostile-bytes.ts";
import type { Requirement } from "../requirement.ts";
import { restores, snapshotMust } from "./must.ts";

const largestTried = 32 * 1024 * 1024;

export const snapshotRefusalRequirements: readonly Requirement[] = [
  snapshotMust(
    "SNAP-008",
    "Bytes that are no snapshot (none at all, cut short anywhere, with more behind, of another shape, with tags) are `corrupt` with outcome `none`; they change nothing and make no event.",
    restores,
    otherBytesAreRefused,
  ),
  snapshotMust(
    "SNAP-009",
    "A snapshot with one bad entry (a reference twice, an envelope of another resource, a traversal, an envelope that cannot be read) is refused whole, naming it.",
    restores,
    oneBadEntryIsRefused,
  ),
  snapshotMust(
    "SNAP-010",
    "A refused snapshot's error names every one of a few bad entries, not only the first.",
    restores,
    everyBadEntryIsNamed,
  ),
  snapshotMust(
    "SNAP-021",
    "A snapshot with an entry in a format that the backend does not take is `unsupported_format` and refused whole.",
    restores,
    unknownFormatsAreRefused,
  ),
  snapshotMust(
    "SNAP-022",
    "A snapshot with a payload larger than `maxBodyBytes` is `too_large` and refused whole.",
    (capabilities) => restores(capabilities) && bodyLimit(capabilities) <= largestTried,
    largePayloadsAreRefused,
  ),
  snapshotMust(
    "SNAP-023",
    "Hostile bytes (giant announced lengths, deep nesting, reserved or unfinished values) are refused as `corrupt` at once, wherever in a snapshot they stand.",
    restores,
    hostileBytesAreRefused,
  ),
];

const cbor = new CborSpelling();

/** A snapshot that must be refused, and how. */
interface Refusal {
  readonly what: string;
  readonly snapshot: Uint8Array;
  readonly code: ErrorCode;
  /** Texts that the message must have, in lower case. */
  readonly mentions?: readonly string[];
}

/** Fails unless each is refused, and neither the store nor a watch shows anything of it. */
async function assertAllRefused(
  { backend, capabilities }: CheckContext,
  refusals: readonly Refusal[],
): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  await applyAll(
    backend,
    ["kept-1", "kept-2"].map((name) => fixtures.manifest({ name })),
  );
  const before = await recordStore(backend);
  const watches = capabilities.verbs.includes("watch");
  const recorder = watches
    ? await recordWatch(backend, fixtures.kind, undefined, fixtures.format)
    : undefined;
  await recorder?.initialState("a watch beside refused restores");

  for (const { what, snapshot, code, mentions = [] } of refusals) {
    const restore = withPatience(backend.restore(snapshot), `restore of ${what} did not settle`);
    const error = await assertRejects(restore, code, `restore of ${what}`, { outcome: "none" });
    for (const text of mentions) {
      const isNamed = error.message.toLowerCase().includes(text);
      assert(
        isNamed,
        `restore of ${what}: the message should mention "${text}", it is: ${error.message}`,
      );
    }
    await assertUntouched(backend, before, `after the refused restore of ${what}`);
  }
  if (recorder !== undefined) await assertQuiet(backend, recorder, "after refused restores");
}

function validEntries(capabilities: Capabilities): readonly SnapshotEntry[] {
  const fixtures = new Fixtures(capabilities);
  return ["valid-1", "valid-2"].map((name) => snapshotEntry(fixtures.manifest({ name })));
}

async function otherBytesAreRefused(context: CheckContext): Promise<void> {
  const valid = encodeSnapshot(validEntries(context.capabilities));
  const [entry] = validEntries(context.capabilities) as [SnapshotEntry];
  const ref = cbor.reference(entry.ref);
  const envelope = cbor.bytes(entry.envelope);
  const step = context.full ? 1 : 7;
  const lengths = Array.from(
    { length: Math.ceil(valid.length / step) },
    (_, index) => index * step,
  );
  const shapes: readonly (readonly [string, Uint8Array])[] = [
    ["text in place of CBOR", new TextEncoder().encode("apiVersion: v1\n")],
    ["one byte behind the end", concat([valid, Uint8Array.of(0x00)])],
    ["two snapshots in a row", concat([valid, valid])],
    ["a map in place of the array", cbor.map([])],
    ["null", cbor.nothing()],
    ["an entry that is a reference", cbor.array([ref])],
    ["an entry without an envelope", cbor.array([cbor.array([ref])])],
    ["an entry of three parts", cbor.array([cbor.array([ref, envelope, envelope])])],
    ["an entry in reverse", cbor.array([cbor.array([envelope, ref])])],
    ["an envelope that is text", cbor.array([cbor.array([ref, cbor.text("envelope")])])],
    [
      "an envelope that is no byte string but a map",
      cbor.array([cbor.array([ref, entry.envelope])]),
    ],
    [
      "a reference without a name",
      cbor.array([cbor.array([cbor.map([["kind", cbor.text("Pod")]]), envelope])]),
    ],
    ["a reference with a name twice", cbor.array([cbor.array([twice(entry.ref), envelope])])],
    ["a tag on the array", concat([Uint8Array.of(0xd9, 0xd9, 0xf7), valid])],
    [
      "another tag than 64 on the bytes",
      cbor.array([cbor.array([ref, concat([Uint8Array.of(0xd8, 65), envelope])])]),
    ],
    [
      "a text that is not UTF-8",
      cbor.array([
        cbor.array([
          concat([Uint8Array.of(0xa1), cbor.text("kind"), Uint8Array.of(0x61, 0xff)]),
          envelope,
        ]),
      ]),
    ],
  ];
  await assertAllRefused(context, [
    ...lengths.map((length) => ({
      what: `the first ${length} of a snapshot's ${valid.length} bytes`,
      snapshot: valid.slice(0, length),
      code: "corrupt",
    })),
    ...shapes.map(([what, snapshot]) => ({ what, snapshot, code: "corrupt" })),
  ]);
}

function twice({ kind, name }: ResourceRef): Uint8Array {
  return cbor.map([
    ["kind", cbor.text(kind)],
    ["name", cbor.text(name)],
    ["name", cbor.text(name)],
  ]);
}

async function oneBadEntryIsRefused(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  const offender = snapshotEntry(fixtures.manifest({ name: "offender" }));
  const stranger = snapshotEntry(fixtures.manifest({ name: "stranger" }));
  const traversal = fixtures.ref("offender/../../x");
  const bad: readonly (readonly [string, readonly SnapshotEntry[], ErrorCode])[] = [
    ["a reference twice", [offender, offender], "corrupt"],
    [
      "an envelope of another resource",
      [{ ref: offender.ref, envelope: stranger.envelope }],
      "corrupt",
    ],
    [
      "an envelope that is cut short",
      [{ ref: offender.ref, envelope: offender.envelope.slice(0, -1) }],
      "corrupt",
    ],
    ["an empty envelope", [{ ref: offender.ref, envelope: new Uint8Array() }], "corrupt"],
    [
      "a traversal",
      [
        {
          ref: traversal,
          envelope: encodeEnvelope({ ref: traversal, payload: new Uint8Array(1) }),
        },
      ],
      "invalid_reference",
    ],
  ];
  await assertAllRefused(
    context,
    bad.map(([what, entries, code]) => ({
      what: `a snapshot with ${what}`,
      snapshot: encodeSnapshot([...validEntries(context.capabilities), ...entries]),
      code,
      mentions: code === "invalid_reference" ? ["offender", "traversal"] : ["offender"],
    })),
  );
}

async function everyBadEntryIsNamed(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  const bad = ["first-offender", "second-offender", "third-offender"].map((name) => ({
    ref: fixtures.ref(name),
    envelope: new Uint8Array(1),
  }));
  await assertAllRefused(context, [
    {
      what: "a snapshot with three bad entries",
      snapshot: encodeSnapshot([...validEntries(context.capabilities), ...bad]),
      code: "corrupt",
      mentions: bad.map(({ ref }) => ref.name),
    },
  ]);
}

async function unknownFormatsAreRefused(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  const { ref, body } = fixtures.manifest({ name: "offender" });
  const envelope = encodeEnvelope({ ref, format: "x-unknown", payload: body });
  await assertAllRefused(context, [
    {
      what: "a snapshot with an entry in the format x-unknown",
      snapshot: encodeSnapshot([...validEntries(context.capabilities), { ref, envelope }]),
      code: "unsupported_format",
      mentions: ["offender"],
    },
  ]);
}

function bodyLimit(capabilities: Capabilities): number {
  const { kind } = new Fixtures(capabilities);
  const domain =
    capabilities.kinds === "any"
      ? undefined
      : capabilities.kinds.find((each) => each.kind === kind);
  return domain?.maxBodyBytes ?? capabilities.maxBodyBytes;
}

async function largePayloadsAreRefused(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  const ref = fixtures.ref("offender");
  const payload = new Uint8Array(bodyLimit(context.capabilities) + 1).fill(0x20);
  await assertAllRefused(context, [
    {
      what: "a snapshot with one byte too many in a payload",
      snapshot: encodeSnapshot([
        ...validEntries(context.capabilities),
        { ref, envelope: encodeEnvelope({ ref, payload }) },
      ]),
      code: "too_large",
      mentions: ["offender"],
    },
  ]);
}

async function hostileBytesAreRefused(context: CheckContext): Promise<void> {
  const ref = new Fixtures(context.capabilities).ref("offender");
  const refusals = hostileSnapshots(ref).map(({ what, snapshot }) => ({
    what,
    snapshot,
    code: "corrupt",
  }));
  await assertAllRefused(context, refusals);
}
