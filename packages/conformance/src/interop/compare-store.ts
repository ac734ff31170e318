/** Compares what a backend holds with what it should hold. */

import {
  compareReferences,
  decodeEnvelope,
  formatReference,
  type ResourceRef,
  type SnapshotEntry,
  type StoreBackend,
} from "@engenho/sdk";
import { assertBytes, assertEqual } from "../harness/assertions.ts";
import { errorLine } from "../harness/error-line.ts";
import type { Manifest } from "../harness/fixtures.ts";
import { assertKept } from "../harness/kept-fields.ts";

/** What is wrong with the references: nothing, or one line. */
export async function referenceProblems(
  backend: StoreBackend,
  expected: readonly { readonly ref: ResourceRef }[],
): Promise<readonly string[]> {
  const { formats } = backend.capabilities;
  const format = formats.includes("native") ? "native" : (formats[0] ?? "native");
  try {
    const found: ResourceRef[] = [];
    for (const kind of new Set(expected.map(({ ref }) => ref.kind)))
      found.push(...(await backend.list(kind, undefined, format)).items.map(({ ref }) => ref));
    assertEqual(inOrder(found), inOrder(expected.map(({ ref }) => ref)), "lists");
    assertEqual(backend.resourceCount(), expected.length, "resourceCount");
    return [];
  } catch (error) {
    return [errorLine(error)];
  }
}

function inOrder(refs: readonly ResourceRef[]): readonly string[] {
  return refs.toSorted(compareReferences).map(formatReference);
}

/** What is wrong with what the resources say, a line for each; `isExact` for the kinds whose bytes must be the same. */
export async function contentProblems(
  backend: StoreBackend,
  expected: readonly Manifest[],
  isExact: (kind: string) => boolean,
): Promise<readonly string[]> {
  const problems = expected.map(async ({ ref, format, body }) => {
    const what = formatReference(ref);
    try {
      const read = await backend.get(ref, format);
      if (isExact(ref.kind)) assertBytes(read.body, body, what);
      // What no fields can be read from is compared where its bytes are promised only.
      else
        assertKept(
          { ...backend.capabilities, kinds: "any", fidelity: "semantic" },
          { format, body },
          read,
          what,
        );
      return [];
    } catch (error) {
      return [`${what}: ${errorLine(error)}`.replace(`${what}: ${what}`, what)];
    }
  });
  return (await Promise.all(problems)).flat();
}

/** A snapshot's entries as manifests: envelopes, or what they hold where a backend reads no envelopes. */
export function manifestsOf(
  entries: readonly SnapshotEntry[],
  { capabilities }: StoreBackend,
  isExact: (kind: string) => boolean,
): readonly Manifest[] {
  return entries.map(({ ref, envelope }) => {
    const { format, payload } = decodeEnvelope(envelope);
    const asEnvelope = format === undefined || isExact(ref.kind);
    return asEnvelope && capabilities.formats.includes("native")
      ? { ref, format: "native", body: envelope }
      : { ref, format: format ?? "native", body: payload };
  });
}
