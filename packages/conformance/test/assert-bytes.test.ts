import { expect, test } from "vitest";
import { assertBytes } from "../src/harness/assertions.ts";

const bytes = (length: number, last = 0): Uint8Array => new Uint8Array(length).fill(last, -1);

test.each([
  ["sizes only where they differ", bytes(3, 1), bytes(3), /from byte 2 on: expected 00, got 01$/],
  [
    "the end as such",
    bytes(2),
    bytes(3),
    /2 on \(2 bytes instead of 3\): expected 00, got the end$/,
  ],
  ["no long dump", bytes(0), bytes(99), /: expected (?:00 ){15}00…, got the end$/],
])("bytes that differ are told with %s", (_, actual, expected, message) => {
  expect(() => assertBytes(actual, expected, "get")).toThrow(message);
  expect(() => assertBytes(actual, actual, "get")).not.toThrow();
});
