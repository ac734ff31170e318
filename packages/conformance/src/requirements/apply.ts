/** CORE 040–059: apply. */

import fc from "fast-check";
import { BackendError, encodeEnvelope, type Revision, type StoreBackend } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
  fail,
  rejection,
} from "../harness/assertions.ts";
import type { CheckContext } from "../harness/check-context.ts";
import { Fixtures, type Manifest } from "../harness/fixtures.ts";
import { malformedManifests } from "./malformed-manifests.ts";
import type { Requirement } from "./requirement.ts";
import { verbCalls } from "./verb-calls.ts";

export const applyRequirements: readonly Requirement[] = [
  {
    id: "CORE-040",
    level: "MUST",
    profile: "core",
    title:
      "`apply` tells whether it `created` or `replaced` the resource, its full reference, and the revision that reads show from then on.",
    check: applyTellsWhatItDid,
  },
  {
    id: "CORE-041",
    level: "MUST",
    profile: "core",
    title:
      "Applying the bytes that are there already is `unchanged` and leaves the revision as it is.",
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
    id: "CORE-044",
    level: "MUST",
    profile: "core",
    title:
      "With `ifRevision`, `apply` writes over exactly that revision; over another one, or where there is no resource, it is `conflict` and nothing changes.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: conditionalReplace,
  },
  {
    id: "CORE-045",
    level: "MUST",
    profile: "core",
    title:
      'With `ifRevision: "absent"`, `apply` creates; where there is a resource it is `conflict` and nothing changes.',
    appliesTo: ({ preconditions }) => preconditions.includes("create"),
    check: conditionalCreate,
  },
  {
    id: "CORE-046",
    level: "MUST",
    profile: "core",
    title:
      "`ifRevision` is checked before the bytes are compared: identical bytes with a stale revision are `conflict`.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: preconditionComesFirst,
  },
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
    id: "CORE-049",
    level: "MUST",
    profile: "core",
    title:
      "A body that is no manifest (broken syntax, several documents, duplicate or non-text keys, no kind or name, an alias bomb, no text at all) is `invalid_manifest` with outcome `none`.",
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
  {
    id: "CORE-053",
    level: "MUST",
    profile: "core",
    title:
      'Of several applies with `ifRevision: "absent"` at once, exactly one creates; the others are `conflict`.',
    appliesTo: ({ preconditions }) => preconditions.includes("create"),
    check: createRaceHasOneWinner,
  },
  {
    id: "CORE-054",
    level: "MUST",
    profile: "core",
    title: "A counter that several clients raise with `ifRevision` loses no step.",
    appliesTo: ({ preconditions }) => preconditions.includes("replace"),
    check: countersLoseNothing,
  },
  {
    id: "CORE-055",
    level: "MUST",
    profile: "core",
    title:
      "Every verb called with a signal that is aborted already rejects with `aborted`, outcome `none`, and has no effect.",
    check: abortedSignalsReject,
  },
  {
    id: "CORE-056",
    level: "MUST",
    profile: "core",
    title:
      "An `apply` that is aborted on its way tells the truth: resolved means written, outcome `none` means not written, and what is there is the old body or the new one.",
    check: abortedWritesTellTheTruth,
  },
  {
    id: "CORE-057",
    level: "MUST",
    profile: "core",
    title:
      "An empty payload is a payload: a native envelope with one is a resource like any other.",
    appliesTo: ({ formats, kinds }) => formats.includes("native") && kinds === "any",
    check: emptyPayloadIsAResource,
  },
  {
    id: "CORE-058",
    level: "MUST",
    profile: "core",
    title: "Whatever bytes a native envelope has as its payload, they come back exactly.",
    appliesTo: ({ formats, kinds, fidelity }) =>
      formats.includes("native") && kinds === "any" && fidelity === "bytes",
    check: anyPayloadComesBack,
  },
];

async function applyTellsWhatItDid({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const [value, operation] of [
    [1, "created"],
    [2, "replaced"],
  ] as const) {
    const { ref, format, body } = fixtures.manifest({ name: "told", value });
    const result = await backend.apply(format, body);
    assertEqual(result.operation, operation, "operation");
    assertReference(result.ref, ref, "apply");
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
}

async function applyReplacesWhole({ backend }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(backend.capabilities);
  const long = fixtures.manifest({ name: "whole", value: "a long value ".repeat(20) });
  const short = fixtures.manifest({ name: "whole", value: 1 });
  await backend.apply(long.format, long.body);
  await backend.apply(short.format, short.body);
  const { body } = await backend.get(short.ref, short.format);
  if (backend.capabilities.fidelity === "bytes")
    assertBytes(body, short.body, "body after a replacement");
  assert(
    !new TextDecoder().decode(body).includes("a long value"),
    "the body before the replacement shines through",
  );
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

async function conditionalReplace({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const versions = [1, 2, 3].map((value) => fixtures.manifest({ name: "conditional", value }));
  const [one, two, three] = versions as [Manifest, Manifest, Manifest];
  const first = await backend.apply(one.format, one.body);
  const second = await backend.apply(two.format, two.body, { ifRevision: first.revision });
  assertEqual(second.operation, "replaced", "operation of an apply over the present revision");
  await assertRejects(
    backend.apply(three.format, three.body, { ifRevision: first.revision }),
    "conflict",
    "apply over a stale revision",
    { outcome: "none" },
  );
  assertEqual(
    (await backend.get(two.ref, two.format)).revision,
    second.revision,
    "revision after the conflict",
  );
  const missing = fixtures.manifest({ name: "missing" });
  await assertRejects(
    backend.apply(missing.format, missing.body, { ifRevision: second.revision }),
    "conflict",
    "apply over a revision of nothing",
    { outcome: "none" },
  );
  assertEqual(backend.resourceCount(), 1, "resources after the conflicts");
}

async function conditionalCreate({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const first = fixtures.manifest({ name: "created", value: 1 });
  const second = fixtures.manifest({ name: "created", value: 2 });
  const { operation, revision } = await backend.apply(first.format, first.body, {
    ifRevision: "absent",
  });
  assertEqual(operation, "created", "operation of a create");
  for (const { format, body } of [second, first]) {
    await assertRejects(
      backend.apply(format, body, { ifRevision: "absent" }),
      "conflict",
      "create of what is there",
      { outcome: "none" },
    );
  }
  assertEqual(
    (await backend.get(first.ref, first.format)).revision,
    revision,
    "revision after the conflicts",
  );
  await backend.delete(first.ref);
  await backend.apply(second.format, second.body, { ifRevision: "absent" });
}

async function preconditionComesFirst({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const one = fixtures.manifest({ name: "stale", value: 1 });
  const two = fixtures.manifest({ name: "stale", value: 2 });
  const { revision } = await backend.apply(one.format, one.body);
  await backend.apply(two.format, two.body);
  await assertRejects(
    backend.apply(two.format, two.body, { ifRevision: revision }),
    "conflict",
    "identical bytes with a stale revision",
  );
}

async function callersBytesAreCopied({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({
    name: "copied",
    value: "original",
  });
  const mine = body.slice();
  const write = backend.apply(format, mine);
  assertBytes(mine, body, "the caller's bytes right after the call");
  mine.fill(0);
  await write;
  const read = await backend.get(ref, format);
  if (capabilities.fidelity === "bytes")
    assertBytes(read.body, body, "the stored body after the caller has overwritten its bytes");
  assertEqual(mine, new Uint8Array(body.length), "the caller's bytes after the apply");
}

async function returnedBytesAreTheReaders({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "returned" });
  await backend.apply(format, body);
  for (const asked of capabilities.formats.filter((one) => one === format || one === "native")) {
    const before = (await backend.get(ref, asked)).body.slice();
    (await backend.get(ref, asked)).body.fill(0);
    for (const { body: listed } of (await backend.list(ref.kind, undefined, asked)).items)
      listed.fill(0);
    assertBytes(
      (await backend.get(ref, asked)).body,
      before,
      `get as ${asked} after a reader has overwritten what it got`,
    );
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

async function createRaceHasOneWinner({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (let round = 0; round < 5; round++) {
    const manifests = Array.from({ length: 8 }, (_, value) =>
      fixtures.manifest({ name: `race-${round}`, value }),
    );
    const answers = await Promise.all(
      manifests.map(({ format, body }) =>
        rejection(backend.apply(format, body, { ifRevision: "absent" })),
      ),
    );
    const losers = answers.filter((answer) => answer !== undefined);
    assertEqual(losers.length, manifests.length - 1, "applies that lost the race");
    for (const { value } of losers) {
      if (!BackendError.is(value, "conflict"))
        fail(`a loser of the race should get "conflict", it got ${String(value)}`);
    }
  }
}

async function countersLoseNothing({ backend, capabilities, full }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const stepsEach = full ? 20 : 8;
  const clients = 4;
  const start = fixtures.manifest({ name: "counter", value: 0 });
  await backend.apply(start.format, start.body);
  const read = async (): Promise<{ readonly value: number; readonly revision: Revision }> => {
    const { body, revision } = await backend.get(start.ref, start.format);
    return { value: Number(/value\D+(\d+)/.exec(new TextDecoder().decode(body))?.[1]), revision };
  };
  const raise = async (): Promise<void> => {
    for (let done = 0; done < stepsEach;) {
      const { value, revision } = await read();
      if (
        await raisedOver(
          backend,
          fixtures.manifest({ name: "counter", value: value + 1 }),
          revision,
        )
      )
        done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, raise));
  assertEqual((await read()).value, clients * stepsEach, "the counter in the end");
}

/** Applies over a revision; false if another client was faster. */
async function raisedOver(
  backend: StoreBackend,
  { format, body }: Manifest,
  ifRevision: Revision,
): Promise<boolean> {
  const failure = await rejection(backend.apply(format, body, { ifRevision }));
  if (failure === undefined) return true;
  if (BackendError.is(failure.value, "conflict")) return false;
  throw failure.value;
}

async function abortedSignalsReject({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const { format, body, ref } = fixtures.manifest({ name: "present" });
  const { revision } = await backend.apply(format, body);
  const signal = AbortSignal.abort(new Error("given up"));
  for (const { verb, call } of verbCalls(fixtures.manifest({ name: "present", value: 2 }))) {
    if (!capabilities.verbs.includes(verb)) continue;
    await assertRejects(call(backend, { signal }), "aborted", `${verb} with an aborted signal`, {
      outcome: "none",
    });
  }
  assertEqual(backend.subscriberCount(), 0, "watches after the refusals");
  assertEqual((await backend.get(ref, format)).revision, revision, "revision after the refusals");
}

async function abortedWritesTellTheTruth({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (let round = 0; round < 12; round++) {
    const name = `aborted-${round}`;
    const { ref, format, body } = fixtures.manifest({ name });
    const controller = new AbortController();
    const write = rejection(backend.apply(format, body, { signal: controller.signal }));
    for (let turn = 0; turn < round; turn++) await Promise.resolve();
    controller.abort();
    const answer = await write;
    // A second write of the same resource waits for whatever became of the first.
    const follow = fixtures.manifest({ name, value: "follow" });
    const { operation } = await backend.apply(follow.format, follow.body);
    if (answer === undefined)
      assertEqual(operation, "replaced", "operation after an apply that resolved");
    else if (!BackendError.is(answer.value, "aborted"))
      fail(`an aborted apply should reject with "aborted", it got ${String(answer.value)}`);
    else if (answer.value.outcome === "none")
      assertEqual(
        operation,
        "created",
        "operation after an apply that was aborted with outcome none",
      );
    await backend.get(ref, format);
  }
}

async function emptyPayloadIsAResource({ backend }: CheckContext): Promise<void> {
  const ref = { kind: "Blob", name: "empty", namespace: "default" };
  const body = encodeEnvelope({ ref, payload: new Uint8Array(0) });
  assertEqual((await backend.apply("native", body)).operation, "created", "operation");
  assertBytes((await backend.get(ref, "native")).body, body, "get");
  assertEqual(
    (await backend.apply("native", body)).operation,
    "unchanged",
    "operation of the second apply",
  );
}

async function anyPayloadComesBack({ backend, seed, full }: CheckContext): Promise<void> {
  const ref = { kind: "Blob", name: "any", namespace: "default" };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4_096, size: "max" }), async (payload) => {
      const body = encodeEnvelope({ ref, payload });
      await backend.apply("native", body);
      assertBytes((await backend.get(ref, "native")).body, body, "get");
    }),
    { seed, numRuns: full ? 100 : 25 },
  );
}
