import { encodeEnvelope } from "@engenho/sdk";
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

const envelope = (name: string, payload: string): Uint8Array =>
  encodeEnvelope({
    ref: { kind: "Job", name },
    format: "json",
    payload: new TextEncoder().encode(payload),
  });

test.each([
  [
    "what they say",
    envelope("a", "{}"),
    envelope("b", "{}"),
    'get: expected the envelope of Job b with format json and the payload "{}", got the envelope of Job a with',
  ],
  [
    "where their payloads part",
    envelope("a", '{"x": 1}'),
    envelope("a", '{"x": 2}'),
    'get: payload of the envelope: the bytes differ from byte 6 on: expected "2}", got "1}"',
  ],
])("envelopes that differ are told with %s", (_, actual, expected, message) => {
  expect(() => assertBytes(actual, expected, "get")).toThrow(message);
});
