/** Turns an entry into what a reader asked for. */

import { BackendError, type Resource, type ResourceFormat } from "../contract/index.ts";
import { type AdapterRegistry, detectFormat, transcode } from "../adapters/index.ts";
import { copyBytes } from "./bytes.ts";
import type { Entry } from "./entry.ts";

/** A body that is the reader's own, and what it is written in. */
type Rendering = Pick<Resource, "body" | "format">;

/**
 * The entry in exactly this format: `native` is the envelope, its own format the payload, any other a
 * translation.
 *
 * @throws BackendError `unsupported_format` if it has no rendering in this format.
 */
export function renderStrictly(
  entry: Entry,
  format: ResourceFormat,
  adapters: AdapterRegistry,
): Rendering {
  if (format === "native") return { body: copyBytes(entry.envelope), format };
  const own = ownFormat(entry, adapters);
  if (own === undefined) {
    throw new BackendError(
      "unsupported_format",
      "its payload is opaque: it can be read as native only",
    );
  }
  if (own === format) return { body: copyBytes(entry.payload), format };
  return { body: transcode(entry.payload, own, format, adapters), format };
}

/** The entry in this format, or if it has no rendering in it, in the one it is in. */
export function renderLeniently(
  entry: Entry,
  format: ResourceFormat,
  adapters: AdapterRegistry,
): Rendering {
  try {
    return renderStrictly(entry, format, adapters);
  } catch (error) {
    if (!BackendError.is(error, "unsupported_format")) throw error;
    return renderStrictly(entry, ownFormat(entry, adapters) ?? "native", adapters);
  }
}

/** What unlabelled payloads were found to be written in; undefined for opaque ones. */
const detected = new WeakMap<Entry, ResourceFormat | "opaque">();

function ownFormat(entry: Entry, adapters: AdapterRegistry): ResourceFormat | undefined {
  if (entry.format !== undefined) return entry.format === "native" ? undefined : entry.format;
  let format = detected.get(entry);
  if (format === undefined) {
    format = detectFormat(entry.payload, entry.ref, adapters) ?? "opaque";
    detected.set(entry, format);
  }
  return format === "opaque" ? undefined : format;
}
