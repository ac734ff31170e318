/** What a YAML scalar means in the core schema of YAML 1.2, with every digit kept. */

import type { Scalar } from "yaml";
import { DecimalNumber } from "./manifest-value.ts";
import { isJsonNumber } from "./translation-text.ts";

/** A scalar that other formats have no word for, and why. */
export class Untranslatable {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export type ScalarValue = null | boolean | string | DecimalNumber;

const nullWords: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const trueWords: ReadonlySet<string> = new Set(["true", "True", "TRUE"]);
const falseWords: ReadonlySet<string> = new Set(["false", "False", "FALSE"]);
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;
const integer = /^[-+]?[0-9]+$/;
const octalOrHex = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const float = /^([-+]?)(?:0*(0|[1-9][0-9]*)(?:\.([0-9]*))?|\.([0-9]+))([eE][-+]?[0-9]+)?$/;

/** Longer ones would be slow to convert, and no reader of the other format would take them. */
const maxRadixDigits = 1024;

/** The value of a scalar node that was parsed with the failsafe schema (every value is its text). */
export function scalarValue(node: Scalar): ScalarValue | Untranslatable {
  const text = String(node.value);
  switch (node.tag) {
    case undefined:
      return node.type === "PLAIN" ? plainValue(text) : text;
    case "!":
    case "tag:yaml.org,2002:str":
      return text;
    case "tag:yaml.org,2002:null":
      return expectTagged(text, "!!null", (value) => value === null);
    case "tag:yaml.org,2002:bool":
      return expectTagged(text, "!!bool", (value) => typeof value === "boolean");
    case "tag:yaml.org,2002:int":
      return expectTagged(text, "!!int", () => integer.test(text) || octalOrHex.test(text));
    case "tag:yaml.org,2002:float":
      return expectTagged(text, "!!float", (value) => value instanceof DecimalNumber);
    default:
      return new Untranslatable("its tag is not of YAML's core schema");
  }
}

function expectTagged(
  text: string,
  tag: string,
  fits: (value: ScalarValue | Untranslatable) => boolean,
): ScalarValue | Untranslatable {
  const value = plainValue(text);
  if (value instanceof Untranslatable || fits(value)) return value;
  return new Untranslatable(`its text is not what the tag ${tag} says`);
}

/** The value of a scalar without quotes. */
function plainValue(text: string): ScalarValue | Untranslatable {
  if (nullWords.has(text)) return null;
  if (trueWords.has(text)) return true;
  if (falseWords.has(text)) return false;
  return looksNumeric(text.charCodeAt(0)) ? numberOrText(text) : text;
}

/** Whether a first character can begin a number: a digit, a sign or a dot. */
function looksNumeric(first: number): boolean {
  return (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
}

function numberOrText(text: string): ScalarValue | Untranslatable {
  if (isJsonNumber(text)) return new DecimalNumber(text);
  if (notFinite.test(text)) return new Untranslatable("no other format has infinity or NaN");
  if (octalOrHex.test(text)) {
    if (text.length > maxRadixDigits) return new Untranslatable("the number has too many digits");
    return new DecimalNumber(BigInt(text).toString());
  }
  const match = float.exec(text);
  if (match === null) return text;
  const [, sign, whole, fraction = "", bareFraction, exponent = ""] = match;
  const digits = bareFraction ?? fraction;
  return new DecimalNumber(
    `${sign === "-" ? "-" : ""}${whole ?? "0"}${digits === "" ? "" : `.${digits}`}${exponent}`,
  );
}
