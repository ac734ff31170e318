/** Sealed files: mutated before they are sealed, after, or in their header. */

import { isDeepStrictEqual } from "node:util";
import { CatalogSnapshotError } from "../../../src/codec/catalog-snapshot-error.ts";
import { seal, unseal } from "../../../src/codec/sealed-file.ts";
import { CatalogSnapshot } from "../../../src/sealed/index.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfMessage, secret, traceOf } from "../flaw-of-error.ts";
import { mutateBytes, shorterBytes } from "../mutate-bytes.ts";
import { mutateText } from "../mutate-text.ts";
import type { Random } from "../random.ts";
import { showBytes } from "../show-bytes.ts";
import { jsonGrammar } from "./json.ts";

const encoder = new TextEncoder();
const kinds = new Set(["bad_magic", "truncated", "hash_mismatch", "decode"]);

const catalogs = [
  `{"catalog":{"pods":["${secret}"],"__proto__":{"a":1}},"last_applied_index":18446744073709551615}`,
  `{"last_applied_index":0,"catalog":[1,-0.0,1e16,9007199254740993,"é😀",null,{"":{}}],"extra":1}`,
];
const grammar = {
  samples: [
    ...catalogs,
    ...catalogs,
    `{"catalog":${jsonGrammar.samples[0]},"last_applied_index":7}`,
  ],
  tokens: [
    ...jsonGrammar.tokens,
    '"last_applied_index":',
    '"catalog":',
    "18446744073709551616",
    "1e5",
  ],
};

export const sealedFamily: Family<Uint8Array> = {
  name: "sealed",
  weight: 60,
  make: makeSealed,
  examine: examineSealed,
  smaller: shorterBytes,
  show: showBytes,
};

function makeSealed(random: Random): Uint8Array {
  const payload = encoder.encode(mutateText(random, grammar));
  const sealed = seal(random.chance(0.95) ? "catalog" : "backend", payload);
  switch (random.below(8)) {
    case 0:
      return mutateBytes(random, sealed);
    case 1: {
      // The header alone: 28 bytes of magic, 8 of length, 32 of hash.
      const header = mutateBytes(random, sealed.subarray(0, 68));
      return Uint8Array.of(...header, ...payload);
    }
    case 2: {
      const length = random.pick([0n, 1n, BigInt(payload.length) + 1n, 1n << 32n, 2n ** 64n - 1n]);
      new DataView(sealed.buffer).setBigUint64(28, length, true);
      return sealed;
    }
    default:
      return sealed;
  }
}

function examineSealed(bytes: Uint8Array): Verdict {
  let snapshot: CatalogSnapshot<unknown>;
  try {
    snapshot = CatalogSnapshot.decode(bytes);
  } catch (error) {
    if (!CatalogSnapshotError.is(error))
      return { result: "untyped", flaw: `untyped: ${traceOf(error)}` };
    const flaw = kinds.has(error.kind) ? flawOfMessage(error.message) : `kind ${error.kind}`;
    return { result: error.kind, flaw };
  }
  return { result: "accepted", flaw: acceptanceFlaw(bytes, snapshot) };
}

function acceptanceFlaw(bytes: Uint8Array, snapshot: CatalogSnapshot<unknown>): string | undefined {
  const again = CatalogSnapshot.decode(snapshot.encode());
  if (again.lastAppliedIndex !== snapshot.lastAppliedIndex)
    return "its index is another one when written and read again";
  if (!isDeepStrictEqual(again.catalog, snapshot.catalog))
    return "its catalog is another one when written and read again";
  const peer = JSON.parse(new TextDecoder().decode(unseal("catalog", bytes))) as {
    catalog: unknown;
  };
  return isDeepStrictEqual(asNumbers(snapshot.catalog), peer.catalog)
    ? undefined
    : "JSON.parse reads another catalog";
}

/** The value as JSON.parse gives it, which rounds what we keep as a bigint. */
function asNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asNumbers(item)]));
}
