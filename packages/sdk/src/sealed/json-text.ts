/** Writes values as the compact JSON that serde_json writes. */

import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { printable } from "../reference/index.ts";

/** The most collections inside one another that serde_json reads back. */
const maxDepth = 127;

/**
 * The most digits of an integer. One of 308 digits is the largest that serde_json reads whatever its
 * digits are, and any number of them is read and written at once.
 */
export const maxIntegerDigits = 308;

/** A place in a value, for messages: what it is called there, and what it stands in. */
export interface Place {
  readonly name: string | number;
  readonly within?: Place;
}

/**
 * The JSON text of a value that {@link plainValue} gives back as it is: null, booleans, strings,
 * numbers, bigints, arrays, plain objects, and what has a `toJSON`. Properties that are undefined are
 * left out. A bigint is an integer and a number beyond 2^53 a float (`1e+16`), so that both come back.
 *
 * @param depth How many collections the value stands in.
 * @throws CatalogSnapshotError `encode`, naming the place, for what JSON cannot say.
 */
export function writeJsonText(value: unknown, place: Place, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "object") return collectionText(value, place, depth + 1);
  if (typeof value === "string") return stringText(value, place);
  if (typeof value === "number") return numberText(value, place);
  if (typeof value === "bigint") return bigintText(value, place);
  return refuse(place, value === undefined ? "undefined" : `a ${typeof value}`);
}

function collectionText(value: object, place: Place, depth: number): string {
  if (depth > maxDepth) refuse(place, `nested deeper than ${maxDepth} levels`);
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return writeJsonText(value.toJSON(""), place, depth);
  }
  if (Array.isArray(value)) {
    // Not map(), which leaves holes out.
    const items = Array.from(value, (item, at) =>
      writeJsonText(item, { name: at, within: place }, depth),
    );
    return `[${items.join(",")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(place, `${value.constructor?.name || "an object of a class"} without toJSON`);
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => {
      const inner = { name, within: place };
      return `${stringText(name, inner)}:${writeJsonText(member, inner, depth)}`;
    });
  return `{${members.join(",")}}`;
}

function stringText(value: string, place: Place): string {
  if (!value.isWellFormed()) refuse(place, "text with a lone surrogate");
  return JSON.stringify(value);
}

const bigintLimit = 10n ** BigInt(maxIntegerDigits);

function bigintText(value: bigint, place: Place): string {
  if (-bigintLimit < value && value < bigintLimit) return value.toString();
  return refuse(place, `an integer of more than ${maxIntegerDigits} digits`);
}

/**
 * The fewest digits that come back as the same number, spelled as serde_json 1.0.154 does: what is no
 * safe integer looks like a float, so that Rust reads it as one.
 */
function numberText(value: number, place: Place): string {
  if (!Number.isFinite(value)) refuse(place, String(value));
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isSafeInteger(value)) return String(value);
  const sign = value < 0 ? "-" : "";
  const [mantissa = "", exponent = ""] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1; // where it stands in the digits
  if (point > 16 || point < -4) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const power = point > 0 ? `+${point - 1}` : String(point - 1);
    return `${sign}${digits.slice(0, 1)}${fraction}e${power}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, "0");
  return `${sign}${whole}.${digits.slice(point) || "0"}`;
}

function refuse(place: Place, what: string): never {
  throw new CatalogSnapshotError("encode", `${placeText(place)} cannot be JSON: it is ${what}`);
}

/** `catalog.items[3].name`. */
function placeText({ name, within }: Place): string {
  if (within === undefined) return String(name);
  const step = typeof name === "number" ? `[${name}]` : `.${printable(name)}`;
  return `${placeText(within)}${step}`;
}
