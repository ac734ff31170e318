/** WATCH: which resources a watch is about, and what its bodies are written in. */

import {
  type Capabilities,
  decodeEnvelope,
  k8sJson,
  k8sYaml,
  type ResourceFormat,
  type StoreBackend,
} from "@engenho/sdk";
import { assertBytes, assertEqual, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  Fixtures,
  formatsOf,
  keepsBytes,
  type Manifest,
  nativeManifest,
  takesClusterScope,
  takesFormat,
} from "../../harness/fixtures.ts";
import { changesBeforeSentinel } from "../../harness/sentinel.ts";
import { type ChangeEvent, recordWatch, type WatchRecorder } from "../../harness/watch-recorder.ts";
import { assertChanges, describeEvent, WriteLog } from "../../harness/write-log.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny } from "../core/takes-any.ts";
import {
  assertSaysTricky,
  trickyJson,
  trickyReference,
  trickyYaml,
} from "../core/tricky-manifests.ts";
import { watchMust } from "./must.ts";

export const watchScopeRequirements: readonly Requirement[] = [
  watchMust(
    "WATCH-007",
    "Bodies come in the format that the watch asks for, in the initial state, in live events and in `deleted`.",
    bodiesComeInTheWatchedFormat,
    (capabilities) => kindInBoth(capabilities) !== undefined,
  ),
  watchMust(
    "WATCH-008",
    "A resource that has no rendering in the watched format comes in the format that it is in, and `format` says so.",
    unrenderableComesAsItIs,
    ({ formats, kinds }) => formats.includes("native") && formats.length > 1 && kinds === "any",
  ),
  watchMust(
    "WATCH-009",
    "A watch of a kind and a namespace delivers nothing of another kind or another namespace, however alike their names are.",
    othersAreNotDelivered,
  ),
  watchMust(
    "WATCH-010",
    "A watch without a namespace delivers every namespace's resources and the cluster-scoped ones.",
    everyNamespaceIsDelivered,
  ),
];

/** A kind that is taken as YAML and as JSON. */
function kindInBoth(capabilities: Capabilities): string | undefined {
  const { kind, otherKind } = new Fixtures(capabilities);
  return [kind, otherKind].find((one) =>
    ["yaml", "json"].every((format) => takesFormat(capabilities, format, one)),
  );
}

async function bodiesComeInTheWatchedFormat({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const kind = kindInBoth(capabilities) ?? fixtures.kind;
  const manifest = (value: string): Manifest =>
    fixtures.manifest({ name: "translated", value, kind, format: "yaml" });
  const [before, after] = [manifest("before"), manifest("after")];
  await backend.apply("yaml", before.body);
  const formats: readonly ResourceFormat[] = ["json", "native", "yaml"].filter((format) =>
    formatsOf(capabilities, kind).includes(format),
  );
  const recorders = [];
  for (const format of formats) recorders.push(await recordWatch(backend, kind, undefined, format));
  await backend.apply("yaml", after.body);
  await backend.delete(after.ref);

  for (const [index, recorder] of recorders.entries()) {
    const format = formats[index] as ResourceFormat;
    const { added } = await recorder.initialState(`a watch in ${format}`);
    const events = [...added, ...(await recorder.nextChanges(2, `a watch in ${format}`))];
    assertEqual(
      events.map(({ type }) => type),
      ["added", "modified", "deleted"],
      `events of a watch in ${format}`,
    );
    for (const [step, { body }] of [before, after, after].entries()) {
      assertRendering(events[step] as ChangeEvent, format, body, keepsBytes(capabilities, kind));
    }
  }
  if (takesAny(capabilities, "yaml", "json") && capabilities.fidelity === "bytes")
    await nothingIsLostInTranslation(backend);
}

/** In the initial state, live and deleted, from YAML to JSON and back. */
async function nothingIsLostInTranslation(backend: StoreBackend): Promise<void> {
  for (const [format, text, other] of [
    ["yaml", trickyYaml, k8sJson],
    ["json", trickyJson, k8sYaml],
  ] as const) {
    const body = new TextEncoder().encode(text);
    const { kind } = trickyReference;
    const open = (): Promise<WatchRecorder> =>
      recordWatch(backend, kind, trickyReference.namespace, other.format);
    const live = await open();
    await live.initialState("a watch");
    await backend.apply(format, body);
    const late = await open();
    const { added } = await late.initialState("a watch");
    await backend.delete(trickyReference);
    for (const { type, resource } of [...added, ...(await live.nextChanges(2, "a watch"))])
      assertSaysTricky(
        other,
        resource.body,
        `body of the ${type} event of ${format} in ${other.format}`,
      );
  }
}

/** Fails unless an event of a resource that was applied in YAML is in this format and says the same. */
function assertRendering(
  { type, resource }: ChangeEvent,
  format: ResourceFormat,
  yaml: Uint8Array,
  isKept: boolean,
): void {
  const what = `body of the ${type} event in ${format}`;
  assertEqual(resource.format, format, `format of the ${type} event in ${format}`);
  if (format === "json") {
    const value = parsedValue(resource.body, what);
    if (!isKept) return;
    const expected = new TextDecoder().decode(yaml).includes('"after"') ? "after" : "before";
    assertEqual(value, expected, `data.value in the ${what}`);
  } else if (isKept) {
    assertBytes(
      format === "native" ? decodeEnvelope(resource.body).payload : resource.body,
      yaml,
      what,
    );
  }
}

function parsedValue(body: Uint8Array, what: string): unknown {
  const text = new TextDecoder().decode(body);
  try {
    const { data } = JSON.parse(text) as { readonly data?: { readonly value?: unknown } };
    return data?.value;
  } catch {
    return fail(`${what} is not JSON: ${JSON.stringify(text.slice(0, 60))}`);
  }
}

async function unrenderableComesAsItIs({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const opaque = (name: string): ReturnType<typeof nativeManifest> =>
    nativeManifest(fixtures.ref(name), new Uint8Array([0xff, 0x00, 0xfe]));
  const log = new WriteLog(backend);
  await log.apply(opaque("before"));
  const format = capabilities.formats.find((one) => one !== "native") ?? fixtures.format;
  const recorder = await recordWatch(backend, fixtures.kind, undefined, format);
  const { added } = await recorder.initialState(`a watch in ${format}`);
  await log.apply(opaque("live"));
  const changes = [...added, ...(await recorder.nextChanges(1, `a watch in ${format}`))];
  for (const { resource } of changes)
    assertEqual(resource.format, "native", `format of an opaque resource watched in ${format}`);
  assertChanges(backend, changes, log.changes, `opaque resources watched in ${format}`);
  if (capabilities.formats.includes("hcl")) await jobsComeAsTheyAre(backend, fixtures);
}

/** HCL has a translation neither from nor into any other format. */
async function jobsComeAsTheyAre(backend: StoreBackend, fixtures: Fixtures): Promise<void> {
  const inHcl = fixtures.manifest({ name: "a-job", format: "hcl" });
  const inNative = nativeManifest(fixtures.ref("b-opaque", "default", "Job"));
  await backend.apply("hcl", inHcl.body);
  const formats = backend.capabilities.formats.filter((one) => one !== "native");
  const recorders = [];
  for (const format of formats)
    recorders.push(await recordWatch(backend, "Job", undefined, format));
  await backend.apply("native", inNative.body);
  for (const [index, recorder] of recorders.entries()) {
    const what = `a watch in ${formats[index]}`;
    const { added } = await recorder.initialState(what);
    const events = [...added, ...(await recorder.nextChanges(1, what))];
    for (const [step, { format, body }] of [inHcl, inNative].entries()) {
      const { resource } = events[step] as ChangeEvent;
      assertEqual(resource.format, format, `format of a job applied as ${format} in ${what}`);
      assertBytes(resource.body, body, `body of a job applied as ${format} in ${what}`);
    }
  }
}

/** Each neighbour is written before the watch opens and after it. */
async function othersAreNotDelivered({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const { kind, format } = fixtures;
  const namespaces = ["another", "default-2", "defaul", "default/x"].map((namespace) => ({
    kind,
    namespace,
  }));
  const scopes = takesClusterScope(capabilities, kind) ? [{ kind, namespace: null }] : [];
  const kinds =
    capabilities.kinds === "any"
      ? [`${kind}s`, kind.slice(0, -1), kind.toLowerCase(), `${kind}/x`]
      : [fixtures.otherKind];
  const neighbours = [
    ...(capabilities.kinds === "any" ? namespaces : namespaces.slice(0, 1)),
    ...scopes,
    ...kinds
      .filter((other) => other !== kind)
      .map((other) => ({ kind: other, namespace: "default" })),
  ];
  const write = async (value: number): Promise<void> => {
    for (const neighbour of neighbours) {
      const { format: own, body } = fixtures.manifest({ ...neighbour, name: "neighbour", value });
      await backend.apply(own, body);
    }
  };
  await write(1);
  const recorder = await recordWatch(backend, kind, "default", format);
  const { added } = await recorder.initialState("a watch beside neighbours");
  await write(2);
  for (const neighbour of neighbours)
    await backend.delete(fixtures.ref("neighbour", neighbour.namespace, neighbour.kind));
  const changes = await changesBeforeSentinel(backend, recorder, "a watch beside neighbours");
  assertEqual(
    [...added, ...changes].map(describeEvent),
    [],
    "events of other kinds and namespaces",
  );
}

async function everyNamespaceIsDelivered({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  // In list order: no namespace first.
  const namespaces = [
    ...(takesClusterScope(capabilities, fixtures.kind) ? [null] : []),
    "another",
    "default",
  ];
  const before = new WriteLog(backend);
  for (const namespace of namespaces)
    await before.apply(fixtures.manifest({ name: "wide", namespace }));
  const recorder = await recordWatch(backend, fixtures.kind, undefined, fixtures.format);
  const { added } = await recorder.initialState("a watch of every namespace");
  assertChanges(backend, added, before.changes, "initial state of a watch of every namespace");

  const live = new WriteLog(backend);
  for (const namespace of namespaces)
    await live.apply(fixtures.manifest({ name: "live", namespace }));
  const changes = await recorder.nextChanges(namespaces.length, "a watch of every namespace");
  assertChanges(backend, changes, live.changes, "live events of a watch of every namespace");
}
