/** CORE 030–039: references. */

import { encodeEnvelope, referenceKey, type ResourceRef } from "@engenho/sdk";
import fc from "fast-check";
import {
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
  fail,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applyAtOnce, Fixtures, manifestBody, nativeManifest } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny } from "./takes-any.ts";
import { referenceCalls } from "./verb-calls.ts";
import { invalidFields, weirdNames } from "./weird-names.ts";

export const referenceRequirements: readonly Requirement[] = [
  {
    id: "CORE-030",
    level: "MUST",
    profile: "core",
    title:
      "Every well-formed name of at most 253 code points is a name of its own: slashes, percent signs, letter case, combining marks, reserved words and control characters included.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: (context) =>
      weirdReferences(context, (weird) => ({
        kind: "ConfigMap",
        name: weird,
        namespace: "default",
      })),
  },
  {
    id: "CORE-031",
    level: "MUST",
    profile: "core",
    title:
      "So is every such namespace; `_cluster` is a namespace like any other and not the place of cluster-scoped resources.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: weirdNamespaces,
  },
  {
    id: "CORE-032",
    level: "MUST",
    profile: "core",
    title:
      "So is every such kind; a kind that looks like a file of the store's own (`_meta.json`, `_cluster`) is a kind like any other.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: (context) =>
      weirdReferences(context, (weird) => ({ kind: weird, name: "same", namespace: "default" })),
  },
  {
    id: "CORE-033",
    level: "MUST",
    profile: "core",
    title: "Two different references never share a stored object, however they are made.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: arbitraryReferences,
  },
  {
    id: "CORE-034",
    level: "MUST",
    profile: "core",
    title:
      '`apply` refuses a manifest whose kind, name or namespace has a `..` segment with `invalid_reference`, says "traversal", and leaves nothing behind.',
    appliesTo: (capabilities) => takesAny(capabilities, "json"),
    check: traversalIsRefusedInApply,
  },
  {
    id: "CORE-035",
    level: "MUST",
    profile: "core",
    title:
      "Every verb that takes a reference refuses one with an empty, overlong, ill-formed or traversing field, or NUL in it, with `invalid_reference`, naming the field.",
    check: invalidReferencesAreRefused,
  },
  {
    id: "CORE-036",
    level: "MUST",
    profile: "core",
    title:
      "An empty or null namespace in a manifest is no namespace: the resource is cluster-scoped.",
    appliesTo: (capabilities) => takesAny(capabilities, "json"),
    check: emptyNamespaceIsNone,
  },
  {
    id: "CORE-037",
    level: "MUST",
    profile: "core",
    title:
      "A manifest of an API group that is not Kubernetes' own has `Kind.group` as its kind, so that resources of the same kind in two groups never overwrite each other.",
    appliesTo: (capabilities) => takesAny(capabilities, "json"),
    check: groupsAreKeptApart,
  },
];

async function weirdReferences(
  { backend }: CheckContext,
  refOf: (weird: string) => ResourceRef,
): Promise<void> {
  const manifests = weirdNames.map((weird) =>
    nativeManifest(refOf(weird), new TextEncoder().encode(`payload of ${weird}`)),
  );
  await applyAtOnce(backend, manifests);
  assertEqual(
    backend.resourceCount(),
    manifests.length,
    "resources after one apply of each reference",
  );
  for (const { ref, body } of manifests) {
    const read = await backend.get(ref, "native");
    assertReference(read.ref, ref, `get ${JSON.stringify(ref)}`);
    assertBytes(read.body, body, `get ${JSON.stringify(ref)}`);
  }
}

async function weirdNamespaces(context: CheckContext): Promise<void> {
  await weirdReferences(context, (weird) => ({
    kind: "ConfigMap",
    name: "same",
    namespace: weird,
  }));
  const { backend } = context;
  const clusterScoped = nativeManifest({ kind: "ConfigMap", name: "same" });
  await assertRejects(
    backend.get(clusterScoped.ref, "native"),
    "not_found",
    "get of a cluster-scoped resource that was never applied",
  );
  await backend.apply("native", clusterScoped.body);
  for (const weird of weirdNames) {
    const { items } = await backend.list("ConfigMap", weird, "native");
    assertEqual(
      items.map(({ ref }) => ref.namespace),
      [weird],
      `namespaces listed for ${JSON.stringify(weird)}`,
    );
  }
}

const field = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("a", "A", "/", "%", "2", "F", ".", "_", ":", "\\", "-"),
      minLength: 1,
      maxLength: 8,
    }),
  )
  .filter(
    (text) => !text.split(/[/\\]/).includes("..") && !text.includes("\0") && text.isWellFormed(),
  );
const reference = fc.record({
  kind: field,
  name: field,
  namespace: fc.option(field, { nil: undefined }),
});

async function arbitraryReferences({ backend, seed, full }: CheckContext): Promise<void> {
  const payloads = new Map<string, { readonly ref: ResourceRef; readonly body: Uint8Array }>();
  const one = async ({
    kind,
    name,
    namespace,
  }: {
    kind: string;
    name: string;
    namespace: string | undefined;
  }): Promise<void> => {
    const ref: ResourceRef = namespace === undefined ? { kind, name } : { kind, name, namespace };
    const body = encodeEnvelope({ ref, payload: new TextEncoder().encode(referenceKey(ref)) });
    const isNew = !payloads.has(referenceKey(ref));
    payloads.set(referenceKey(ref), { ref, body });
    const { operation } = await backend.apply("native", body);
    assertEqual(operation, isNew ? "created" : "unchanged", `apply of ${JSON.stringify(ref)}`);
  };
  await fc.assert(fc.asyncProperty(reference, one), {
    seed,
    numRuns: full ? 300 : 60,
    endOnFailure: true,
  });
  for (const { ref, body } of payloads.values()) {
    assertBytes((await backend.get(ref, "native")).body, body, `get ${JSON.stringify(ref)}`);
  }
}

async function traversalIsRefusedInApply({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const traversals = invalidFields.filter(({ isTraversal }) => isTraversal === true);
  for (const part of ["kind", "name", "namespace"] as const) {
    for (const { value } of traversals) {
      const ref = { ...fixtures.ref("harmless"), [part]: value };
      const what = `apply with ${part} ${JSON.stringify(value)}`;
      const expected = { field: part, mentions: "traversal", outcome: "none" } as const;
      await assertRejects(
        backend.apply("json", manifestBody(ref, 1, "json")),
        "invalid_reference",
        what,
        expected,
      );
    }
  }
  assertEqual(backend.resourceCount(), 0, "resources after refused applies");
  assertEqual(
    (await backend.list(fixtures.kind, undefined, "json")).items,
    [],
    "list after refused applies",
  );
}

async function invalidReferencesAreRefused({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const part of ["kind", "name", "namespace"] as const) {
    for (const { value, wrong } of invalidFields) {
      for (const { verb, call } of referenceCalls(
        { ...fixtures.ref("harmless"), [part]: value },
        fixtures.format,
      )) {
        if (!capabilities.verbs.includes(verb)) continue;
        if (part === "name" && (verb === "list" || verb === "watch")) continue;
        await assertRejects(
          call(backend),
          "invalid_reference",
          `${verb} with ${wrong} as ${part}`,
          { field: part, outcome: "none" },
        );
      }
    }
  }
}

async function emptyNamespaceIsNone({ backend }: CheckContext): Promise<void> {
  for (const [name, namespace] of [
    ["empty", ""],
    ["null", null],
  ] as const) {
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
    });
    const { ref } = await backend.apply("json", new TextEncoder().encode(body));
    assertReference(
      ref,
      { kind: "ConfigMap", name },
      `reference of a manifest whose namespace is ${name}`,
    );
    await backend.get({ kind: "ConfigMap", name }, "json");
  }
}

async function groupsAreKeptApart({ backend }: CheckContext): Promise<void> {
  const expected: readonly (readonly [apiVersion: string, kind: string])[] = [
    ["v1", "Service"],
    ["serving.knative.dev/v1", "Service.serving.knative.dev"],
    ["example.com/v1", "Service.example.com"],
    ["networking.k8s.io/v1", "Service"],
    ["apps/v1", "Service"],
  ];
  for (const [apiVersion, kind] of expected) {
    const body = JSON.stringify({
      apiVersion,
      kind: "Service",
      metadata: { name: "web", namespace: "default" },
    });
    const { ref } = await backend.apply("json", new TextEncoder().encode(body));
    if (ref.kind !== kind)
      fail(`a Service of ${apiVersion} should have the kind ${kind}, it has ${ref.kind}`);
  }
  assertEqual(
    backend.resourceCount(),
    3,
    "resources: one core Service and one of each other group",
  );
}
