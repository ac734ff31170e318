/** Turns an entry into what a reader asked for. */

import { BackendError, type Resource, type ResourceFormat } from "../contract/index.ts";
import { type AdapterRegistry, detectFormat, transcode } from "../adapters/index.ts";
import { copyBytes } from "./bytes.ts";
import { copyOfPayload, type Entry, payloadOf } from "./entry.ts";
import { Translations } from "./translations.ts";

/** Renders the entries of one store; every body is the reader's own. */
export class Renderer {
  readonly #adapters: AdapterRegistry;
  readonly #translations = new Translations();
  /** What unlabelled payloads were found to be written in; undefined for opaque ones. */
  readonly #detected = new WeakMap<Entry, ResourceFormat | "opaque">();

  constructor(adapters: AdapterRegistry) {
    this.#adapters = adapters;
  }

  /**
   * The entry in exactly this format: `native` is the envelope, its own format the payload, any other a
   * translation.
   *
   * @throws BackendError `unsupported_format` if it has no rendering in this format.
   */
  strictly(entry: Entry, format: ResourceFormat): Resource {
    return resourceOf(entry, this.#body(entry, format), format);
  }

  /** The entry in this format, or if it has no rendering in it, in the one it is in. */
  leniently(entry: Entry, format: ResourceFormat): Resource {
    try {
      return this.strictly(entry, format);
    } catch (error) {
      if (!BackendError.is(error, "unsupported_format")) throw error;
      return this.strictly(entry, this.#ownFormat(entry) ?? "native");
    }
  }

  /** Whether rendering it in this format takes a translation, which is a thousand copies' work. */
  translates(entry: Entry, format: ResourceFormat): boolean {
    return format !== "native" && format !== entry.format;
  }

  #body(entry: Entry, format: ResourceFormat): Uint8Array {
    if (format === "native") return copyBytes(entry.envelope);
    const own = this.#ownFormat(entry);
    if (own === undefined) {
      throw new BackendError(
        "unsupported_format",
        "its payload is opaque: it can be read as native only",
      );
    }
    if (own === format) return copyOfPayload(entry);
    return this.#translation(entry, own, format);
  }

  /** Apart from the rest, since a closure costs whoever calls the function that it stands in. */
  #translation(entry: Entry, own: ResourceFormat, format: ResourceFormat): Uint8Array {
    const translate = (): Uint8Array => transcode(payloadOf(entry), own, format, this.#adapters);
    return copyBytes(this.#translations.get(entry, format, translate));
  }

  #ownFormat(entry: Entry): ResourceFormat | undefined {
    if (entry.format !== undefined) return entry.format === "native" ? undefined : entry.format;
    let format = this.#detected.get(entry);
    if (format === undefined) {
      format = detectFormat(payloadOf(entry), entry.ref, this.#adapters) ?? "opaque";
      this.#detected.set(entry, format);
    }
    return format === "opaque" ? undefined : format;
  }
}

/** Field by field rather than by spreads, since every event of every watch is one. */
function resourceOf({ ref, revision }: Entry, body: Uint8Array, format: ResourceFormat): Resource {
  const { kind, name, namespace } = ref;
  const own = namespace === undefined ? { kind, name } : { kind, name, namespace };
  return { ref: own, body, format, revision };
}
