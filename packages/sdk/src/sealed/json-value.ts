/** JSON that was read without loss, as the plain values that people work with. */

import { DecimalNumber, type ManifestValue } from "../adapters/manifest-value.ts";
import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { maxIntegerDigits } from "./json-text.ts";

/**
 * Plain arrays and objects, `__proto__` an ordinary property. An integer that a number cannot hold
 * exactly is a bigint.
 *
 * @throws CatalogSnapshotError `decode` for a number that is neither.
 */
export function plainValue(value: ManifestValue): unknown {
  if (value instanceof DecimalNumber) return numberOf(value.text);
  if (Array.isArray(value)) return value.map(plainValue);
  if (!(value instanceof Map)) return value;
  const members: ReadonlyMap<string, ManifestValue> = value;
  // fromEntries() defines properties, where an assignment to `__proto__` would set the prototype.
  return Object.fromEntries(Array.from(members, ([name, member]) => [name, plainValue(member)]));
}

function numberOf(text: string): number | bigint {
  const value = Number(text);
  const isInteger = /^-?\d+$/.test(text);
  if (!isInteger || Number.isSafeInteger(value)) {
    if (Number.isFinite(value)) return value;
    throw new CatalogSnapshotError("decode", "a number is beyond 1.8e308");
  }
  // BigInt() takes more than linear time, so it gets a bounded number of digits.
  if (text.length - (text.startsWith("-") ? 1 : 0) <= maxIntegerDigits) return BigInt(text);
  throw new CatalogSnapshotError("decode", `an integer has more than ${maxIntegerDigits} digits`);
}
