/** What makes a format known to a backend. */

import type { ResourceFormat, ResourceRef } from "../contract/index.ts";
import type { ManifestValue } from "./manifest-value.ts";

/**
 * Reads one format. Each function throws a `BackendError`: `invalid_manifest` for a body that is not
 * a manifest, `unsupported_format` for a value that the format cannot say, `too_large` for a body that
 * would cost more than it is worth.
 *
 * @example
 * const toml: FormatAdapter = {
 *   name: "my-toml",
 *   format: "toml",
 *   reference: (body) => manifestReference(parseToml(body)),
 * };
 */
export interface FormatAdapter {
  /** Names the adapter in messages: `k8s-yaml`. */
  readonly name: string;
  /** The format that it reads, as callers ask for it: `toml`. */
  readonly format: ResourceFormat;
  /** The reference that a body declares; parses the body whole, so that what is wrong is said here. */
  reference(body: Uint8Array): ResourceRef;
  /** The body as a value, for translation into another format. Without it, bodies are never translated. */
  parse?(body: Uint8Array): ManifestValue;
  /** A value in this format. Without it, other formats are never translated into this one. */
  print?(value: ManifestValue): Uint8Array;
}
