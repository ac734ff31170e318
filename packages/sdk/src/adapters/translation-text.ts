/** The text of a translation as it grows, and the checks of what goes into it. */

import { BackendError } from "../contract/index.ts";
import { maxDepth, maxTranslationLength } from "./limits.ts";
import type { DecimalNumber } from "./manifest-value.ts";

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;

/** Whether a text is a number in JSON's grammar. */
export function isJsonNumber(text: string): boolean {
  return jsonNumber.test(text);
}

/** Collects text up to a bound; every failure is `unsupported_format`. */
export class TranslationText {
  #text = "";

  add(text: string): void {
    if (this.#text.length + text.length > maxTranslationLength) {
      throw new BackendError(
        "unsupported_format",
        `the translation would be longer than ${maxTranslationLength} characters`,
      );
    }
    this.#text += text;
  }

  encode(): Uint8Array {
    return new TextEncoder().encode(this.#text);
  }
}

/** The text itself, if UTF-8 can say it. */
export function checkText(text: string): string {
  if (text.isWellFormed()) return text;
  throw new BackendError("unsupported_format", "a text is not well-formed Unicode");
}

/** The text of a number, if it is in JSON's grammar. */
export function checkNumber(number: DecimalNumber): string {
  if (isJsonNumber(number.text)) return number.text;
  throw new BackendError("unsupported_format", "a number is not in JSON's grammar");
}

/** @param depth How many collections the present one stands in, itself included. */
export function checkPrintDepth(depth: number): void {
  if (depth <= maxDepth) return;
  throw new BackendError("unsupported_format", `more than ${maxDepth} levels of nesting`);
}
