/** Writes, and knows the event that each write must show up as. */

import {
  formatReference,
  referenceKey,
  type ResourceRef,
  type Revision,
  type StoreBackend,
} from "@engenho/sdk";
import { assertBytes, assertEqual } from "./assertions.ts";
import { keepsBytes, type Manifest } from "./fixtures.ts";
import type { ChangeEvent } from "./watch-recorder.ts";

/** The event of one write. */
export interface ExpectedChange {
  readonly type: ChangeEvent["type"];
  /** What was written; for `deleted`, what was there last. */
  readonly manifest: Manifest;
  readonly revision: Revision;
}

/** The only writer of the resources that go through it. */
export class WriteLog {
  readonly #backend: StoreBackend;
  readonly #present = new Map<string, ExpectedChange>();
  /** One for each write, in their order. */
  readonly changes: ExpectedChange[] = [];

  constructor(backend: StoreBackend) {
    this.#backend = backend;
  }

  /** Applies a manifest that differs from what is there. */
  async apply(manifest: Manifest): Promise<Revision> {
    const { revision } = await this.#backend.apply(manifest.format, manifest.body);
    const key = referenceKey(manifest.ref);
    const change = {
      type: this.#present.has(key) ? "modified" : "added",
      manifest,
      revision,
    } as const;
    this.#present.set(key, change);
    this.changes.push(change);
    return revision;
  }

  /** Deletes a resource that was applied through this log. */
  async delete(ref: ResourceRef): Promise<void> {
    await this.#backend.delete(ref);
    const last = this.#present.get(referenceKey(ref));
    if (last === undefined)
      throw new Error(`${formatReference(ref)} was not applied through this log`);
    this.#present.delete(referenceKey(ref));
    this.changes.push({ ...last, type: "deleted" });
  }
}

/** Fails unless these are the events of those writes: type, reference, revision and, where they are kept, bytes. */
export function assertChanges(
  { capabilities }: StoreBackend,
  actual: readonly ChangeEvent[],
  expected: readonly ExpectedChange[],
  what: string,
): void {
  assertEqual(actual.map(describeEvent), expected.map(describeExpected), what);
  for (const [index, { resource }] of actual.entries()) {
    const { manifest } = expected[index] as ExpectedChange;
    if (resource.format !== manifest.format || !keepsBytes(capabilities, manifest.ref.kind))
      continue;
    assertBytes(
      resource.body,
      manifest.body,
      `${what}: body of event ${index + 1} (${formatReference(manifest.ref)})`,
    );
  }
}

/** An event without its body, as it stands in messages. */
export function describeEvent({ type, resource: { ref, revision } }: ChangeEvent): string {
  return `${type} ${formatReference(ref)} ${revision}`;
}

function describeExpected({ type, manifest, revision }: ExpectedChange): string {
  return `${type} ${formatReference(manifest.ref)} ${revision}`;
}
