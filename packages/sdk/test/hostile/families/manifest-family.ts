/** What the families of the text formats have in common: mutated text, read in every way there is. */

import type { FormatAdapter } from "../../../src/adapters/index.ts";
import type { ManifestValue } from "../../../src/adapters/manifest-value.ts";
import type { BackendError } from "../../../src/contract/index.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfError } from "../flaw-of-error.ts";
import { mutateBytes, shorterBytes } from "../mutate-bytes.ts";
import { mutateText, type TextGrammar } from "../mutate-text.ts";
import { showBytes } from "../show-bytes.ts";

/** What is particular to one format. */
export interface ManifestFamilyParts {
  readonly name: string;
  readonly weight: number;
  readonly grammar: TextGrammar;
  readonly adapter: FormatAdapter;
  /** What is wrong with a value that was read. */
  acceptanceFlaw?(bytes: Uint8Array, value: ManifestValue): string | undefined;
  /** What is wrong with a refusal. */
  refusalFlaw?(bytes: Uint8Array, error: BackendError): string | undefined;
}

const codes = new Set(["invalid_manifest", "unsupported_format", "too_large"]);
const referenceCodes = new Set([...codes, "invalid_reference"]);
const encoder = new TextEncoder();

export function manifestFamily(parts: ManifestFamilyParts): Family<Uint8Array> {
  const { name, weight, grammar, adapter } = parts;
  return {
    name,
    weight,
    make: (random) => {
      const bytes = encoder.encode(mutateText(random, grammar));
      return random.chance(0.1) ? mutateBytes(random, bytes) : bytes;
    },
    examine: (bytes) => examine(bytes, adapter, parts),
    smaller: shorterBytes,
    show: showBytes,
  };
}

function examine(bytes: Uint8Array, adapter: FormatAdapter, parts: ManifestFamilyParts): Verdict {
  const [verdict, flaw] = examineReference(bytes, adapter);
  if (flaw !== undefined || adapter.parse === undefined) return { result: verdict, flaw };
  let value: ManifestValue;
  try {
    value = adapter.parse(bytes);
  } catch (error) {
    const refusal = flawOfError(error, codes) ?? parts.refusalFlaw?.(bytes, error as BackendError);
    return { result: verdict, flaw: refusal };
  }
  return { result: verdict, flaw: parts.acceptanceFlaw?.(bytes, value) };
}

/** What becomes of the body as a manifest. */
function examineReference(
  bytes: Uint8Array,
  adapter: FormatAdapter,
): readonly [result: string, flaw: string | undefined] {
  try {
    const ref = adapter.reference(bytes);
    const isPlain =
      Object.getPrototypeOf(ref) === Object.prototype &&
      Object.keys(ref).every((key) => ["kind", "name", "namespace"].includes(key)) &&
      Object.values(ref).every((field) => typeof field === "string");
    return ["accepted", isPlain ? undefined : "the reference is not a plain one"];
  } catch (error) {
    const flaw = flawOfError(error, referenceCodes);
    return flaw === undefined ? [(error as BackendError).code, undefined] : ["untyped", flaw];
  }
}
