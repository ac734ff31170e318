/** Manifests as large as a backend claims to take. */

import type { Capabilities } from "@engenho/sdk";
import {
  Fixtures,
  formatsOf,
  type Manifest,
  manifestBody,
  maxBodyBytesOf,
  nativeManifest,
} from "./fixtures.ts";

/** Above this a body at the limit is not worth its memory, and only that much is tried. In bytes. */
export const largestTriedBody: number = 32 * 1024 * 1024;

/** A manifest of exactly as many bytes as the backend claims to take, or of {@link largestTriedBody}. */
export function largestManifest(capabilities: Capabilities): Manifest {
  const { kind } = new Fixtures(capabilities);
  const size = Math.min(maxBodyBytesOf(capabilities, kind), largestTriedBody);
  return manifestOfSize(capabilities, "large", size);
}

/** A manifest whose body, or payload where the backend takes envelopes, has this many bytes. */
export function manifestOfSize(capabilities: Capabilities, name: string, size: number): Manifest {
  const fixtures = new Fixtures(capabilities);
  const ref = fixtures.ref(name);
  if (formatsOf(capabilities, ref.kind).includes("native"))
    return nativeManifest(ref, new Uint8Array(size).fill(0x61));
  const { format } = fixtures;
  const empty = manifestBody(ref, "", format).length;
  return { ref, format, body: manifestBody(ref, "a".repeat(size - empty), format) };
}
