/** Catalogs that the Rust implementation sealed are read, and what it has read is still what is written. */

import { readFileSync } from "node:fs";
import { CatalogSnapshot } from "@engenho/sdk/sealed";
import { describe, expect, test } from "vitest";
import type { CatalogVectors } from "../../../../tools/rust-vectors/catalog-vectors.ts";
import { loadBytes } from "../../../../tools/rust-vectors/stored-bytes.ts";
import { kindOf } from "./support.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/rust-sealed.json", import.meta.url), "utf8"),
) as CatalogVectors;

describe.each(vectors.catalogs)("a catalog $id", ({ lastAppliedIndex, rust, ours }) => {
  test("is read from Rust's file and from ours as the same", () => {
    const read = CatalogSnapshot.decode(loadBytes(rust));
    expect(read.lastAppliedIndex).toBe(BigInt(lastAppliedIndex));
    expect(read).toEqual(CatalogSnapshot.decode(loadBytes(ours)));
  });

  test("is sealed as Rust has read it; if not, Rust must judge it: npm run rust-vectors", () => {
    const { catalog, lastAppliedIndex: index } = CatalogSnapshot.decode(loadBytes(rust));
    expect(Buffer.compare(new CatalogSnapshot(catalog, index).encode(), loadBytes(ours))).toBe(0);
  });
});

test.each(vectors.unsound)("$id gives $ours here and $rust in Rust", async ({ bytes, ours }) => {
  expect(await kindOf(() => CatalogSnapshot.decode(loadBytes(bytes)))).toBe(ours);
});
