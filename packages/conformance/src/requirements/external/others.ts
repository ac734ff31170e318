/** A store with somebody else who writes to it, and what it must show of that. */

import {
  type ApplyResult,
  encodeEnvelope,
  type Resource,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { assertEqual, assertResolves, fail } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  Fixtures,
  type Manifest,
  type ManifestOptions,
  manifestValue,
} from "../../harness/fixtures.ts";
import { shows } from "../../harness/shows.ts";

/** What a check writes behind a backend's back. */
export interface Others {
  /** Creates or replaces; resolves when the system has it. */
  put(options: ManifestOptions): Promise<Manifest>;
  remove(ref: ResourceRef): Promise<void>;
}

/** Somebody else who writes to the store. Skips the requirement if there is nobody. */
export async function othersOf(context: CheckContext): Promise<Others> {
  const writer = await context.outside();
  const fixtures = new Fixtures(context.capabilities);
  return {
    put: async (options) => {
      const manifest = fixtures.manifest(options);
      await writer.put(envelopeOf(manifest));
      return manifest;
    },
    remove: (ref) => writer.remove(ref),
  };
}

/** Applies a manifest through the backend itself. */
export async function applyOwn(
  backend: StoreBackend,
  options: ManifestOptions,
): Promise<ApplyResult> {
  const { format, body } = new Fixtures(backend.capabilities).manifest(options);
  return await assertResolves(backend.apply(format, body), `an own apply of ${options.name}`);
}

/** Fails unless the backend has the resource with this value. */
export async function assertValue(
  backend: StoreBackend,
  { ref, format }: Manifest,
  value: number | string,
  what: string,
): Promise<Resource> {
  const resource = await backend.get(ref, format).catch((error: unknown) => {
    return fail(`${what}: get should find it, and rejects: ${String(error)}`);
  });
  assertEqual(manifestValue(resource.body), String(value), `${what}: value`);
  return resource;
}

/** Waits until the backend shows this value, and returns the resource. */
export async function shownValue(
  backend: StoreBackend,
  manifest: Manifest,
  value: number | string,
  what: string,
): Promise<Resource> {
  let shown: Resource | undefined;
  await shows(backend, async () => {
    shown = await assertValue(backend, manifest, value, what);
  });
  return shown ?? fail(`${what}: nothing was shown`);
}

/** Waits until the backend has no such resource. */
export async function shownMissing(
  backend: StoreBackend,
  ref: ResourceRef,
  what: string,
): Promise<void> {
  const { format } = new Fixtures(backend.capabilities);
  await shows(backend, async () => {
    const { items } = await backend.list(ref.kind, ref.namespace, format);
    const isThere = items.some((item) => item.ref.name === ref.name);
    assertEqual(isThere, false, `${what}: whether a list still has it`);
  });
}

function envelopeOf({ ref, format, body }: Manifest): Uint8Array {
  return format === "native" ? body : encodeEnvelope({ ref, format, payload: body });
}
