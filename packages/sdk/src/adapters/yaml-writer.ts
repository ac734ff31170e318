/** Writes YAML in block style, such as `kubectl get -o yaml` prints it. */

import { DecimalNumber, type ManifestValue } from "./manifest-value.ts";
import { checkNumber, checkPrintDepth, TranslationText } from "./translation-text.ts";
import { inlineText, literalText } from "./yaml-text-style.ts";

/**
 * A value as one YAML document. Keys keep their order, numbers their digits; strings of several lines
 * become literal blocks, and what YAML 1.1 would read otherwise is quoted.
 *
 * @throws BackendError `unsupported_format` for ill-formed Unicode, nesting or length past the bounds.
 */
export function writeYaml(value: ManifestValue): Uint8Array {
  const writer = new YamlWriter();
  writer.writeRoot(value);
  return writer.encode();
}

/** A longer key would not be one for YAML: its colon must stand within 1,024 characters. */
const maxSimpleKeyLength = 1000;

type Mapping = ReadonlyMap<string, ManifestValue>;
type Collection = readonly ManifestValue[] | Mapping;

class YamlWriter {
  readonly #out = new TranslationText();
  #depth = 0;

  encode(): Uint8Array {
    return this.#out.encode();
  }

  writeRoot(value: ManifestValue): void {
    const scalar = inlineValue(value);
    if (scalar !== undefined) this.#out.add(`${scalar}\n`);
    else this.#writeLines(value as Collection, 0, "");
  }

  /**
   * The lines of a collection that is not empty, each indented by `indent` spaces; `first` stands
   * before the first one instead.
   */
  #writeLines(value: Collection, indent: number, first: string): void {
    checkPrintDepth(++this.#depth);
    let padding = first;
    if (value instanceof Map) {
      for (const [key, item] of value as Mapping) {
        this.#writeEntry(padding, key, item, indent);
        padding = " ".repeat(indent);
      }
    } else {
      for (const item of value as readonly ManifestValue[]) {
        this.#out.add(`${padding}-`);
        if (!this.#writeScalar(item, indent)) this.#writeLines(item as Collection, indent + 2, " ");
        padding = " ".repeat(indent);
      }
    }
    this.#depth--;
  }

  #writeEntry(padding: string, key: string, value: ManifestValue, indent: number): void {
    const name = inlineText(key);
    const isSimple = name.length <= maxSimpleKeyLength;
    this.#out.add(isSimple ? `${padding}${name}:` : `${padding}? ${name}\n${" ".repeat(indent)}:`);
    if (this.#writeScalar(value, indent)) return;
    this.#out.add("\n");
    // Under a key that stands alone, the dashes of a sequence need no indentation of their own.
    const nested = value instanceof Map || !isSimple ? indent + 2 : indent;
    this.#writeLines(value as Collection, nested, " ".repeat(nested));
  }

  /** Writes what fits behind a key or a dash; false for a collection that needs lines of its own. */
  #writeScalar(value: ManifestValue, indent: number): boolean {
    const block = typeof value === "string" ? literalText(value, indent) : undefined;
    const text = block ?? inlineValue(value);
    if (text === undefined) return false;
    this.#out.add(block === undefined ? ` ${text}\n` : ` ${text}`);
    return true;
  }
}

/** A value that takes one line; undefined for a collection that is not empty. */
function inlineValue(value: ManifestValue): string | undefined {
  if (typeof value === "string") return inlineText(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof DecimalNumber) return checkNumber(value);
  if (value instanceof Map) return value.size === 0 ? "{}" : undefined;
  return (value as readonly ManifestValue[]).length === 0 ? "[]" : undefined;
}
