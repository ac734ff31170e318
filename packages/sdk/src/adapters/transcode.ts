/** Translates bodies between formats, and finds out what an unlabelled one is written in. */

import { BackendError, type ResourceFormat, type ResourceRef } from "../contract/index.ts";
import { equalReferences } from "../reference/index.ts";
import type { AdapterRegistry } from "./adapter-registry.ts";

/**
 * The body in another format, with an equal value; in the same format, a copy.
 *
 * @throws BackendError `unsupported_format` with the reason: there is no adapter, it does not
 * translate, one format cannot say what the other does, or the body is not in the format `from`.
 */
export function transcode(
  body: Uint8Array,
  from: ResourceFormat,
  to: ResourceFormat,
  registry: AdapterRegistry,
): Uint8Array {
  if (from === to) return new Uint8Array(body);
  const source = registry.select(from);
  const target = registry.select(to);
  const parse = source.parse?.bind(source);
  const print = target.print?.bind(target);
  if (parse === undefined || print === undefined) {
    const reason =
      parse === undefined ? `${from} is never translated` : `nothing is translated into ${to}`;
    const ways = from === "native" || to === "native" ? from : `${from} or native`;
    throw new BackendError("unsupported_format", `${reason}: read it as ${ways}`);
  }
  const value = translating(`the body cannot be read as ${from}`, () => parse(body));
  return translating(`it cannot be written as ${to}`, () => print(value));
}

/** Whatever an adapter throws, the translation is what is not to be had. */
function translating<T>(failure: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (BackendError.is(cause, "unsupported_format")) throw cause;
    const reason = BackendError.is(cause) ? `${failure}: ${cause.reason}` : failure;
    throw new BackendError("unsupported_format", reason, { cause });
  }
}

/**
 * What a payload without a label is written in: JSON or else YAML if it is a manifest of exactly this
 * reference. Undefined if neither is so: the payload is opaque.
 */
export function detectFormat(
  payload: Uint8Array,
  ref: ResourceRef,
  registry: AdapterRegistry,
): ResourceFormat | undefined {
  return ["json", "yaml"].find((format) => {
    try {
      const declared = registry.find(format)?.reference(payload);
      return declared !== undefined && equalReferences(declared, ref);
    } catch {
      return false;
    }
  });
}
