/** Remembers translations: many readers of one entry in one format cost one translation. */

import { BackendError, type ResourceFormat } from "../contract/index.ts";
import type { Entry } from "./entry.ts";

/** How many bytes are remembered. A larger store is translated anew by each list, as it was read. */
const maxBytes = 16 * 1024 * 1024;

/** What a refusal counts for. */
const refusalBytes = 256;

/** A translation, or why there is none. */
type Outcome = Uint8Array | BackendError;

type Generation = WeakMap<Entry, Map<ResourceFormat, Outcome>>;

/**
 * By entry and format. What was not asked for in the last `maxBytes` of translations is forgotten: half
 * of them at a time, which costs less than looking for the oldest one. What is no longer in the store
 * goes by itself, since nobody holds its entry.
 */
export class Translations {
  #recent: Generation = new WeakMap();
  #recentBytes = 0;
  #older: Generation = new WeakMap();

  /** The translation; its bytes are not to be changed. Throws what `translate` threw. */
  get(entry: Entry, format: ResourceFormat, translate: () => Uint8Array): Uint8Array {
    let outcome = this.#recent.get(entry)?.get(format);
    if (outcome === undefined) {
      outcome = this.#older.get(entry)?.get(format) ?? outcomeOf(translate);
      this.#remember(entry, format, outcome);
    }
    if (outcome instanceof BackendError) throw outcome;
    return outcome;
  }

  #remember(entry: Entry, format: ResourceFormat, outcome: Outcome): void {
    const bytes = outcome instanceof BackendError ? refusalBytes : outcome.length;
    if (bytes > maxBytes / 2) return;
    if (this.#recentBytes + bytes > maxBytes / 2) {
      this.#older = this.#recent;
      this.#recent = new WeakMap();
      this.#recentBytes = 0;
    }
    this.#recentBytes += bytes;
    const ofEntry = this.#recent.get(entry);
    if (ofEntry === undefined) this.#recent.set(entry, new Map([[format, outcome]]));
    else ofEntry.set(format, outcome);
  }
}

function outcomeOf(translate: () => Uint8Array): Outcome {
  try {
    return translate();
  } catch (error) {
    if (BackendError.is(error, "unsupported_format")) return error;
    throw error;
  }
}
