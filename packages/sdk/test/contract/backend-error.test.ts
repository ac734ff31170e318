/** The error class: its defaults, and that errors of another copy of the package are recognised. */

import { BackendError, errorCodes } from "@engenho/sdk";
import { expect, test } from "vitest";

test("the message begins with the code, and what is left out has its default", () => {
  const error = new BackendError("not_found", "there is no such resource");
  expect(error.message).toBe("[not_found] there is no such resource");
  expect(error).toMatchObject({
    name: "BackendError",
    outcome: "none",
    retryable: false,
    reason: "there is no such resource",
  });
  expect("cause" in error).toBe(false);
  expect(errorCodes.filter((code) => new BackendError(code, "").outcome === "unknown")).toEqual([
    "unavailable",
    "timeout",
    "internal",
  ]);
  expect(errorCodes.filter((code) => new BackendError(code, "").retryable)).toEqual([
    "locked",
    "unavailable",
    "timeout",
  ]);
});

test("from fills in what a BackendError lacks, and keeps what it says", () => {
  const cause = new Error("socket");
  const original = new BackendError("conflict", "stale", { verb: "apply", outcome: "none", cause });
  const filled = BackendError.from(original, { verb: "delete", backend: "b", outcome: "unknown" });
  expect(filled).toMatchObject({
    code: "conflict",
    verb: "apply",
    backend: "b",
    outcome: "none",
    cause,
  });
  expect(filled.message).toBe("[conflict] stale");
});

test("from makes anything else internal, with the original as its cause", () => {
  for (const value of [new Error("boom"), "boom"]) {
    expect(BackendError.from(value, { outcome: "unknown" })).toMatchObject({
      code: "internal",
      reason: "boom",
      outcome: "unknown",
      cause: value,
    });
  }
});

test("an error of another copy of this package is recognised by its shape", () => {
  const foreign = Object.assign(new Error("[conflict] stale"), {
    name: "BackendError",
    code: "conflict",
    outcome: "none",
  });
  expect(BackendError.is(foreign)).toBe(true);
  expect(BackendError.is(foreign, "conflict")).toBe(true);
  expect(BackendError.is(foreign, "not_found")).toBe(false);
  for (const other of [new Error("x"), { name: "BackendError", code: "conflict" }, undefined])
    expect(BackendError.is(other)).toBe(false);
});

test("a message is one line, whatever it is made of", () => {
  const error = new BackendError("internal", "first\n  second\r\nthird");
  expect(error.message).toBe("[internal] first second third");
});
