/** Writes JSON as people read it: two spaces a level, a line break at the end. */

import { DecimalNumber, type ManifestValue } from "./manifest-value.ts";
import { checkNumber, checkPrintDepth, checkText, TranslationText } from "./translation-text.ts";

/**
 * A value as JSON; numbers keep their digits.
 *
 * @throws BackendError `unsupported_format` for ill-formed Unicode, nesting or length past the bounds.
 */
export function writeJson(value: ManifestValue): Uint8Array {
  const out = new TranslationText();
  writeValue(out, value, 0);
  out.add("\n");
  return out.encode();
}

/** @param depth How many collections the value stands in. */
function writeValue(out: TranslationText, value: ManifestValue, depth: number): void {
  if (typeof value === "string") out.add(JSON.stringify(checkText(value)));
  else if (value === null || typeof value === "boolean") out.add(String(value));
  else if (value instanceof DecimalNumber) out.add(checkNumber(value));
  else writeCollection(out, value, depth + 1);
}

function writeCollection(
  out: TranslationText,
  value: readonly ManifestValue[] | ReadonlyMap<string, ManifestValue>,
  depth: number,
): void {
  checkPrintDepth(depth);
  const isObject = value instanceof Map;
  out.add(isObject ? "{" : "[");
  const lineBreak = `\n${"  ".repeat(depth)}`;
  let separator = lineBreak;
  for (const item of value.entries()) {
    out.add(separator);
    if (isObject) out.add(`${JSON.stringify(checkText(String(item[0])))}: `);
    writeValue(out, item[1], depth);
    separator = `,${lineBreak}`;
  }
  if (separator !== lineBreak) out.add(lineBreak.slice(0, -2));
  out.add(isObject ? "}" : "]");
}
