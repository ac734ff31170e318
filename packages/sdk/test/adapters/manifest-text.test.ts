/** Where a body stops being UTF-8, also where that is at the edge of a piece that is looked at at once. */

import { expect, test } from "vitest";
import { decodeText } from "../../src/adapters/manifest-text.ts";
import { failure } from "./failure.ts";

const wrong: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["a byte that never stands in UTF-8", [0xff]],
  ["a continuation without a begin", [0x80]],
  ["a character cut off by ASCII", [0xf0, 0x9f, 0x98, 0x61]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
];

test.each(wrong)("%s, after characters of every length", (_name, bytes) => {
  for (const character of ["a", "é", "€", "😀"]) {
    for (const before of [0, 1, 16_383, 16_384, 21_845, 32_768, 65_533, 65_535, 65_536, 131_072]) {
      const body = Buffer.concat([Buffer.from(character.repeat(before)), Uint8Array.from(bytes)]);
      const { reason } = failure(() => decodeText(body));
      expect(reason).toBe(`line 1, column ${before + 1}: the body is not valid UTF-8`);
    }
  }
});

test("a character that ends with the body", () => {
  const body = Buffer.from(`${"a".repeat(65_535)}😀`).subarray(0, -1);
  const { reason } = failure(() => decodeText(body));
  expect(reason).toBe("line 1, column 65536: the body is not valid UTF-8");
});
