/** CORE 070–079: list. */

import { encodeEnvelope, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import {
  assertBytes,
  assertEqual,
  assertReference,
  showReferences,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  applyAll,
  applyAtOnce,
  applySample,
  Fixtures,
  formatsOf,
  keepsBytes,
  nativeManifest,
  writableFormats,
} from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny, textFormatsOf } from "./takes-any.ts";

export const listRequirements: readonly Requirement[] = [
  {
    id: "CORE-070",
    level: "MUST",
    profile: "core",
    title:
      "`list` with a namespace gives that namespace's resources of the kind; without one, those of every namespace and the cluster-scoped ones.",
    appliesTo: (capabilities) => takesAny(capabilities),
    check: listFollowsScope,
  },
  {
    id: "CORE-071",
    level: "MUST",
    profile: "core",
    title:
      "`list` gives no other kind's and no other namespace's resources, however alike their names are.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: listTakesNamesWhole,
  },
  {
    id: "CORE-072",
    level: "MUST",
    profile: "core",
    title: "A list is ordered by namespace (none first), then name, each by its UTF-8 bytes.",
    appliesTo: (capabilities) => takesAny(capabilities, "native"),
    check: listIsOrdered,
  },
  {
    id: "CORE-073",
    level: "MUST",
    profile: "core",
    title: "Each item of a list has the reference, body, format and revision that `get` gives.",
    check: listAgreesWithGet,
  },
  {
    id: "CORE-074",
    level: "MUST",
    profile: "core",
    title:
      "An item that has no rendering in the listed format comes in the format it is in, and says so; the others are not affected.",
    appliesTo: (capabilities) =>
      takesAny(capabilities, "native") && textFormatsOf(capabilities).length > 0,
    check: listIsLenient,
  },
  {
    id: "CORE-075",
    level: "MUST",
    profile: "core",
    title: "A kind or namespace without resources lists as nothing; that is no error.",
    check: nothingIsListed,
  },
  {
    id: "CORE-076",
    level: "MUST",
    profile: "core",
    title: "`resourceCount` is the number of resources of all kinds, after every write.",
    check: countIsTrue,
  },
];

async function listFollowsScope({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const places = [null, "alpha", "beta"];
  for (const namespace of places) {
    await applyAll(
      backend,
      ["one", "two"].map((name) => fixtures.manifest({ name, namespace })),
    );
    await applyAll(backend, [
      fixtures.manifest({ name: "other", namespace, kind: fixtures.otherKind }),
    ]);
  }
  const listed = async (namespace: string | undefined): Promise<string> => {
    const { items } = await backend.list(fixtures.kind, namespace, fixtures.format);
    return showReferences(items.map(({ ref }) => ref));
  };
  const expected = (namespaces: readonly (string | null)[]): string =>
    showReferences(
      namespaces.flatMap((namespace) =>
        ["one", "two"].map((name) => fixtures.ref(name, namespace)),
      ),
    );
  assertEqual(await listed("alpha"), expected(["alpha"]), "list of one namespace");
  assertEqual(await listed(undefined), expected(places), "list without a namespace");
}

async function listTakesNamesWhole({ backend }: CheckContext): Promise<void> {
  const alike = ["a", "ab", "A", "a/b", "a%2Fb", "a\n"];
  const refs = alike.flatMap((kind) =>
    alike.map((namespace) => ({ kind, name: "same", namespace })),
  );
  await applyAtOnce(
    backend,
    refs.map((ref) => nativeManifest(ref)),
  );
  for (const kind of alike) {
    for (const namespace of alike) {
      const { items } = await backend.list(kind, namespace, "native");
      assertEqual(
        items.map(({ ref }) => ref),
        [{ kind, name: "same", namespace }],
        `list of ${JSON.stringify([kind, namespace])}`,
      );
    }
    assertEqual(
      (await backend.list(kind, undefined, "native")).items.length,
      alike.length,
      `items of all namespaces of ${JSON.stringify(kind)}`,
    );
  }
}

async function listIsOrdered({ backend }: CheckContext): Promise<void> {
  // By UTF-16 units U+1F600 comes before U+FF5E, by UTF-8 bytes after it; "-" and "." come before "/".
  const texts = [
    "-",
    ".",
    "0",
    "A",
    "Z",
    "_",
    "a",
    "a-",
    "a.",
    "aa",
    "b",
    "é",
    "\uff5e",
    "\u{1f600}",
  ];
  const refs: ResourceRef[] = [undefined, ...texts].flatMap((namespace) =>
    texts.map((name) =>
      namespace === undefined ? { kind: "Sorted", name } : { kind: "Sorted", name, namespace },
    ),
  );
  const shuffled = refs.toSorted((a, b) => (hash(a) < hash(b) ? -1 : 1));
  await applyAtOnce(
    backend,
    shuffled.map((ref) => nativeManifest(ref)),
  );
  const { items } = await backend.list("Sorted", undefined, "native");
  assertEqual(
    items.map(({ ref }) => [ref.namespace ?? null, ref.name]),
    refs.map((ref) => [ref.namespace ?? null, ref.name]),
    "order of the list",
  );
  const within = await backend.list("Sorted", "a", "native");
  assertEqual(
    within.items.map(({ ref }) => ref.name),
    texts,
    "order within one namespace",
  );
}

/** Any order that is not the one in question, the same in every run. */
function hash(ref: ResourceRef): number {
  let sum = 7;
  for (const c of `${ref.namespace}\0${ref.name}`)
    sum = (sum * 31 + (c.codePointAt(0) ?? 0)) % 65_521;
  return sum;
}

async function listAgreesWithGet({ backend, capabilities, samples }: CheckContext): Promise<void> {
  const kinds = new Set<string>();
  for (const sample of samples) {
    if (!capabilities.formats.includes(sample.format)) continue;
    kinds.add((await applySample(backend, sample)).ref.kind);
  }
  for (const kind of kinds) {
    const formats = formatsOf(capabilities, kind);
    for (const format of writableFormats.filter((one) => formats.includes(one))) {
      for (const item of (await backend.list(kind, undefined, format)).items) {
        const read = await backend.get(item.ref, item.format);
        assertReference(read.ref, item.ref, "get of a listed item");
        assertBytes(
          item.body,
          read.body,
          `body of ${JSON.stringify(item.ref)} in a list as ${format}`,
        );
        assertEqual(
          item.revision,
          read.revision,
          `revision of ${JSON.stringify(item.ref)} in a list as ${format}`,
        );
      }
    }
  }
}

async function listIsLenient({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const opaque = fixtures.ref("a-opaque");
  const infinite = `apiVersion: v1\nkind: ${fixtures.kind}\nmetadata: {name: b-infinite, namespace: default}\ndata: .inf\n`;
  const [asked = "json", other] = textFormatsOf(capabilities);
  await backend.apply("native", encodeEnvelope({ ref: opaque, payload: Uint8Array.of(200) }));
  if (other === "yaml") await backend.apply("yaml", new TextEncoder().encode(infinite));
  await applyAll(backend, [fixtures.manifest({ name: "c-plain" })]);
  const { items } = await backend.list(fixtures.kind, undefined, asked);
  assertEqual(
    items.map(({ format }) => format),
    ["native", ...(other === "yaml" ? ["yaml"] : []), asked],
    `formats of a list as ${asked}`,
  );
  if (other !== "yaml") return;
  if (keepsBytes(capabilities, fixtures.kind))
    assertBytes(
      items[1]?.body ?? new Uint8Array(0),
      new TextEncoder().encode(infinite),
      "an item in its own format",
    );
  if (capabilities.formats.includes("hcl")) await listKeepsJobs(backend, fixtures);
}

/** HCL has a translation neither from nor into any other format. */
async function listKeepsJobs(backend: StoreBackend, fixtures: Fixtures): Promise<void> {
  const jobs = (["hcl", "json"] as const).map((format) =>
    fixtures.manifest({ kind: "Job", name: `in-${format}`, format }),
  );
  await applyAll(backend, jobs);
  for (const format of ["hcl", "json"] as const) {
    const { items } = await backend.list("Job", undefined, format);
    for (const [index, { body, format: own }] of jobs.entries()) {
      const what = `a job applied as ${own} in a list as ${format}`;
      const item = items[index];
      assertEqual(item?.format, own, `format of ${what}`);
      if (item !== undefined) assertKept(backend.capabilities, { format: own, body }, item, what);
    }
  }
}

async function nothingIsListed({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  await applyAll(backend, [fixtures.manifest({ name: "one", namespace: "somewhere" })]);
  assertEqual(
    (await backend.list(fixtures.kind, "elsewhere", fixtures.format)).items,
    [],
    "list of a namespace without resources",
  );
  if (fixtures.otherKind === fixtures.kind) return;
  assertEqual(
    (await backend.list(fixtures.otherKind, undefined, fixtures.format)).items,
    [],
    "list of a kind without resources",
  );
}

async function countIsTrue({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const first = fixtures.manifest({ name: "one" });
  await applyAll(backend, [
    first,
    first,
    fixtures.manifest({ name: "two" }),
    fixtures.manifest({ name: "one", value: 2 }),
  ]);
  assertEqual(backend.resourceCount(), 2, "resources after creating two and replacing one");
  await backend.delete(first.ref);
  assertEqual(backend.resourceCount(), 1, "resources after deleting one");
}
