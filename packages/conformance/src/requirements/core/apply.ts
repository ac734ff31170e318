/** CORE 040–043 and 049–052: what apply does, refuses and shows. */

import { decodeEnvelope, type Revision, type StoreBackend } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
  fail,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  Fixtures,
  formatsOf,
  keepsBytes,
  type Manifest,
  manifestBody,
} from "../../harness/fixtures.ts";
import { malformedManifests } from "./malformed-manifests.ts";
import { fillStore } from "../fill-store.ts";
import type { Requirement } from "../requirement.ts";

export const applyRequirements: readonly Requirement[] = [
  {
    id: "CORE-040",
    level: "MUST",
    profile: "core",
    title:
      "`apply` tells whether it `created` or `replaced` the resource or left it `unchanged`, its full reference, and the revision that reads show from then on.",
    check: applyTellsWhatItDid,
  },
  {
    id: "CORE-041",
    level: "MUST",
    profile: "core",
    title:
      "Applying the bytes that are there already is `unchanged` and leaves the revision as it is; the same text in another format replaces it.",
    check: identicalApplyIsUnchanged,
  },
  {
    id: "CORE-042",
    level: "MUST",
    profile: "core",
    title: "`apply` replaces a resource whole: nothing of the body before it is left.",
    check: applyReplacesWhole,
  },
  {
    id: "CORE-043",
    level: "MUST",
    profile: "core",
    title:
      "A resource has a new revision after every change, never one that it had before: not when it changes back, not when it is deleted and created again.",
    check: revisionsAreNeverReused,
  },
  {
    id: "CORE-049",
    level: "MUST",
    profile: "core",
    title:
      "A body that is no manifest (broken syntax, several documents, duplicate or non-text keys, no apiVersion, kind or name, an alias bomb, no text at all) is `invalid_manifest` with outcome `none`.",
    check: malformedManifestsAreRefused,
  },
  {
    id: "CORE-050",
    level: "MUST",
    profile: "core",
    title: "A refused `apply` leaves the resource, its revision and the count as they were.",
    check: refusedApplyChangesNothing,
  },
  {
    id: "CORE-051",
    level: "MUST",
    profile: "core",
    title:
      "Once `apply` or `delete` has resolved, every later `get`, `list` and `resourceCount` of the handle shows it.",
    check: writesAreVisibleAtOnce,
  },
  {
    id: "CORE-052",
    level: "MUST",
    profile: "core",
    title:
      "Writes of one resource that are issued without waiting take effect in the order in which they were issued.",
    check: writesKeepTheirOrder,
  },
];

async function applyTellsWhatItDid({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const [value, operation] of [
    [1, "created"],
    [2, "replaced"],
    [2, "unchanged"],
  ] as const) {
    const { ref, format, body } = fixtures.manifest({ name: "told", value });
    const result = await backend.apply(format, body);
    assertEqual(result.operation, operation, "operation");
    assertReference(result.ref, ref, `apply, ${operation}`);
    assertEqual(
      (await backend.get(ref, format)).revision,
      result.revision,
      "revision that get shows after the apply",
    );
  }
}

async function identicalApplyIsUnchanged({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "same" });
  const first = await backend.apply(format, body);
  const second = await backend.apply(format, body.slice());
  assertEqual(second.operation, "unchanged", "operation of an identical apply");
  assertEqual(second.revision, first.revision, "revision after an identical apply");
  assertEqual(
    (await backend.get(ref, format)).revision,
    first.revision,
    "revision that get shows after an identical apply",
  );
  await anotherFormatReplaces(backend);
}

/** JSON is YAML too: what is there is the text and the format that it was applied in. */
async function anotherFormatReplaces(backend: StoreBackend): Promise<void> {
  const { capabilities } = backend;
  const fixtures = new Fixtures(capabilities);
  const [format, another] = ["yaml", "json"] as const;
  const { ref } = fixtures.manifest({ name: "in-two-formats", format });
  const formats = formatsOf(capabilities, ref.kind);
  const isTold = [format, another, "native"].every((one) => formats.includes(one));
  if (!isTold || !keepsBytes(capabilities, ref.kind)) return;
  const body = manifestBody(ref, 0, another);
  const { revision } = await backend.apply(format, body);
  const result = await backend.apply(another, body);
  assertEqual(result.operation, "replaced", `operation of the same text as ${another}`);
  assert(result.revision !== revision, `the same text as ${another} has the revision of before`);
  const { body: envelope } = await backend.get(ref, "native");
  assertEqual(decodeEnvelope(envelope).format, another, `format of the same text as ${another}`);
}

async function applyReplacesWhole({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const long = fixtures.manifest({ name: "whole", value: "a long value ".repeat(20) });
  const short = fixtures.manifest({ name: "whole", value: 1 });
  await backend.apply(long.format, withAnotherField(long));
  await backend.apply(short.format, short.body);
  const { body } = await backend.get(short.ref, short.format);
  if (backend.capabilities.fidelity === "bytes")
    assertBytes(body, short.body, "body after a replacement");
  for (const before of ["a long value", "another"])
    assert(
      !new TextDecoder().decode(body).includes(before),
      "the body before the replacement shines through",
    );
}

/** The manifest with a field beside its `value` that a merge would keep. */
function withAnotherField({ format, body }: Manifest): Uint8Array {
  const text = new TextDecoder().decode(body);
  const more: Readonly<Record<string, string>> = {
    yaml: `${text}  another: "field"\n`,
    json: text.replace('"data":{', '"data":{"another":"field",'),
    hcl: text.replace("meta {", 'meta {\n    another = "field"'),
  };
  const changed = more[format];
  return changed === undefined ? body : new TextEncoder().encode(changed);
}

async function revisionsAreNeverReused({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const seen = new Set<Revision>();
  for (const step of [1, 2, 1, "delete", 1, "delete", 2, 1] as const) {
    const { ref, format, body } = fixtures.manifest({ name: "versioned", value: step });
    if (step === "delete") {
      await backend.delete(ref);
      continue;
    }
    const { revision } = await backend.apply(format, body);
    if (seen.has(revision)) fail(`the revision ${revision} was used twice`);
    seen.add(revision);
  }
}

async function malformedManifestsAreRefused({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  for (const { what, format, body } of malformedManifests) {
    if (!capabilities.formats.includes(format) || body.length > capabilities.maxBodyBytes) continue;
    await assertRejects(
      backend.apply(format, body),
      "invalid_manifest",
      `apply of ${what} as ${format}`,
      { outcome: "none" },
    );
  }
  assertEqual(backend.resourceCount(), 0, "resources after the refusals");
}

async function refusedApplyChangesNothing({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "kept" });
  const { revision } = await backend.apply(format, body);
  const broken = body.slice(0, Math.floor(body.length / 3));
  await assertRejects(
    backend.apply(format, broken),
    "invalid_manifest",
    "apply of half a manifest",
    { outcome: "none" },
  );
  const read = await backend.get(ref, format);
  assertEqual(read.revision, revision, "revision after a refused apply");
  assertEqual(backend.resourceCount(), 1, "resources after a refused apply");
}

async function writesAreVisibleAtOnce({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (let value = 0; value < 20; value++) {
    const { ref, format, body } = fixtures.manifest({ name: "visible", value });
    const { revision } = await backend.apply(format, body);
    const [read, { items }] = await Promise.all([
      backend.get(ref, format),
      backend.list(ref.kind, ref.namespace, format),
    ]);
    assertEqual(read.revision, revision, "revision of a get after the apply");
    assertEqual(
      items.map((item) => item.revision),
      [revision],
      "revisions of a list after the apply",
    );
    assertEqual(backend.resourceCount(), 1, "resourceCount after the apply");
    if (value % 5 !== 4) continue;
    await backend.delete(ref);
    await assertRejects(backend.get(ref, format), "not_found", "get after the delete");
    assertEqual(backend.resourceCount(), 0, "resourceCount after the delete");
  }
  // One more behind many: a list that is cut at a page leaves it out.
  const many = await fillStore(backend);
  const last = fixtures.manifest({ name: "many-last" });
  await backend.apply(last.format, last.body);
  assertEqual(
    backend.resourceCount(),
    many.length + 1,
    "resourceCount after an apply beside many resources",
  );
  const { items } = await backend.list(fixtures.kind, undefined, fixtures.format);
  assertEqual(
    items.map(({ ref }) => ref.name),
    [...many, last].map(({ ref }) => ref.name),
    "names in a list after an apply beside many resources",
  );
}

async function writesKeepTheirOrder({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const manifests = Array.from({ length: 30 }, (_, value) =>
    fixtures.manifest({ name: "ordered", value }),
  );
  const results = await Promise.all(
    manifests.map(({ format, body }) => backend.apply(format, body)),
  );
  assertEqual(results[0]?.operation, "created", "operation of the first of the applies");
  assertEqual(
    new Set(results.map(({ revision }) => revision)).size,
    manifests.length,
    "different revisions",
  );
  const last = manifests.at(-1) as Manifest;
  const read = await backend.get(last.ref, last.format);
  assertEqual(
    read.revision,
    results.at(-1)?.revision,
    "revision in the end, which should be that of the last apply",
  );
}
