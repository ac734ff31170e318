/** CORE 047, 048, 057 and 058: whose the bytes are, and that any will do. */

import fc from "fast-check";
import { type Capabilities, encodeEnvelope } from "@engenho/sdk";
import { AliasingBytes } from "../../harness/aliasing-bytes.ts";
import { assertProperty } from "../../harness/assert-property.ts";
import { assertBytes, assertEqual, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest, takenFormats } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny } from "./takes-any.ts";

export const byteRequirements: readonly Requirement[] = [
  {
    id: "CORE-047",
    level: "MUST",
    profile: "core",
    title:
      "`apply` copies the caller's bytes before it returns: what happens to them afterwards changes nothing, and they are not changed.",
    check: callersBytesAreCopied,
  },
  {
    id: "CORE-048",
    level: "MUST",
    profile: "core",
    title:
      "The bytes that `get` and `list` return are the reader's: overwriting them changes neither the store nor another read.",
    check: returnedBytesAreTheReaders,
  },
  {
    id: "CORE-057",
    level: "MUST",
    profile: "core",
    title:
      "An empty payload is a payload: a native envelope with one is a resource like any other.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: emptyPayloadIsAResource,
  },
  {
    id: "CORE-058",
    level: "MUST",
    profile: "core",
    title: "Whatever bytes a native envelope has as its payload, they come back exactly.",
    appliesTo: (capabilities) =>
      takesAny(capabilities, "native") && capabilities.fidelity === "bytes",
    check: anyPayloadComesBack,
  },
];

async function callersBytesAreCopied({ backend, capabilities }: CheckContext): Promise<void> {
  for (const { ref, format, body } of everyFormat(capabilities)) {
    const mine = new AliasingBytes(body);
    const write = backend.apply(format, mine);
    assertBytes(mine, body, "the caller's bytes right after the call");
    mine.fill(0);
    await assertResolves(write, `apply as ${format} of bytes that change after the call`);
    assertBytes(mine, new Uint8Array(body.length), "the caller's bytes after the apply");
    const read = await backend.get(ref, format);
    if (capabilities.fidelity !== "bytes") continue;
    assertBytes(read.body, body, `what was applied as ${format}, after the caller's bytes changed`);
  }
}

async function returnedBytesAreTheReaders({ backend, capabilities }: CheckContext): Promise<void> {
  for (const { ref, format, body } of everyFormat(capabilities)) {
    await backend.apply(format, new AliasingBytes(body));
    const before = new Uint8Array((await backend.get(ref, format)).body);
    (await backend.get(ref, format)).body.fill(0);
    const { items } = await backend.list(ref.kind, undefined, format);
    for (const { body: listed } of items) listed.fill(0);
    const after = await backend.get(ref, format);
    assertBytes(after.body, before, `get as ${format} after a reader has overwritten what it got`);
  }
}

/** A manifest in each format that the suite can write and the backend takes. */
function everyFormat(capabilities: Capabilities): readonly Manifest[] {
  const fixtures = new Fixtures(capabilities);
  return takenFormats(capabilities).map((format) =>
    fixtures.manifest({ name: `bytes-in-${format}`, value: "original", format }),
  );
}

async function emptyPayloadIsAResource({ backend }: CheckContext): Promise<void> {
  const ref = { kind: "Blob", name: "empty", namespace: "default" };
  const body = encodeEnvelope({ ref, payload: new Uint8Array(0) });
  assertEqual((await backend.apply("native", body)).operation, "created", "operation");
  const read = await assertResolves(backend.get(ref, "native"), "get of an empty payload");
  assertBytes(read.body, body, "get");
  assertEqual(
    (await backend.apply("native", body)).operation,
    "unchanged",
    "operation of the second apply",
  );
}

async function anyPayloadComesBack(context: CheckContext): Promise<void> {
  const { backend, capabilities, seed, full } = context;
  const ref = { kind: "Blob", name: "any", namespace: "default" };
  const maxLength = Math.min(4_096, capabilities.maxBodyBytes);
  await assertProperty<[Uint8Array]>(
    [fc.uint8Array({ maxLength, size: "max" })],
    async (payload) => {
      const body = encodeEnvelope({ ref, payload });
      await backend.apply("native", body);
      assertBytes((await backend.get(ref, "native")).body, body, "get");
    },
    { seed, numRuns: full ? 100 : 25 },
  );
}
