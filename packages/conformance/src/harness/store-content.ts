/** What a store holds, as data that checks can compare. */

import { formatReference, type ResourceFormat, type StoreBackend } from "@engenho/sdk";
import { assertEqual } from "./assertions.ts";
import { Fixtures, formatsOf, keepsBytes } from "./fixtures.ts";

/** Keeps every byte apart, unlike UTF-8. */
const decoder = new TextDecoder("latin1");

/**
 * Everything of the kinds that the suite uses, a line of text for each resource: its reference and,
 * where it is kept, its body in native form (which holds the format too) or that of the fixtures.
 */
export async function contentOf(backend: StoreBackend): Promise<readonly string[]> {
  const fixtures = new Fixtures(backend.capabilities);
  const lines: string[] = [];
  for (const kind of new Set([fixtures.kind, fixtures.otherKind])) {
    const isNative = formatsOf(backend.capabilities, kind).includes("native");
    const format: ResourceFormat = isNative ? "native" : fixtures.format;
    const { items } = await backend.list(kind, undefined, format);
    for (const { ref, body } of items) {
      const isKept = keepsBytes(backend.capabilities, kind);
      lines.push(`${formatReference(ref)} ${isKept ? decoder.decode(body) : ""}`);
    }
  }
  return lines;
}

/** A store at one moment: its content, and what shows whether anything was written. */
export interface StoreRecord {
  readonly content: readonly string[];
  readonly revisions: readonly string[];
  readonly count: number;
}

/** What {@link assertUntouched} compares with. */
export async function recordStore(backend: StoreBackend): Promise<StoreRecord> {
  const { kind, otherKind, format } = new Fixtures(backend.capabilities);
  const revisions: string[] = [];
  for (const each of new Set([kind, otherKind])) {
    const { items } = await backend.list(each, undefined, format);
    revisions.push(...items.map(({ revision }) => revision));
  }
  return { content: await contentOf(backend), revisions, count: backend.resourceCount() };
}

/** Fails unless the store is as it was. */
export async function assertUntouched(
  backend: StoreBackend,
  before: StoreRecord,
  what: string,
): Promise<void> {
  const after = await recordStore(backend);
  assertEqual(after.content, before.content, `${what}: content of the store`);
  assertEqual(after.revisions, before.revisions, `${what}: revisions in the store`);
  assertEqual(after.count, before.count, `${what}: resourceCount`);
}
