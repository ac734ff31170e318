/** Refuses drivers that are none, and claims that a driver cannot make true. */

import type { Capabilities, ResourceFormat } from "../contract/index.ts";
import type { Driver } from "./driver.ts";

/** @throws TypeError naming the claim and what it takes. */
export function checkClaims(
  claims: Capabilities,
  driver: Driver,
  formats: readonly ResourceFormat[],
): void {
  const { restore, externalWrites, sharing, fidelity, reads, maxBodyBytes } = claims;
  if (restore === "atomic" && driver.replaceAll === undefined) {
    refuse("restore", restore, "a driver with replaceAll");
  }
  // All reads come from the mirror, and only a feed can tell it what others have changed.
  if (externalWrites !== (driver.changes !== undefined)) {
    const needed = externalWrites ? "with" : "without";
    refuse("externalWrites", externalWrites, `a driver ${needed} changes`);
  }
  if (sharing === "shared" && !externalWrites) {
    refuse("sharing", sharing, "a driver with changes");
  }
  if (reads === "linearizable" && externalWrites && driver.sync === undefined) {
    refuse("reads", reads, "a driver with sync, where others write too");
  }
  if (fidelity === "semantic") refuse("fidelity", fidelity, "a driver that reports live objects");
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) {
    refuse("maxBodyBytes", maxBodyBytes, "a positive integer");
  }
  const unknown = claims.formats.find((format) => !formats.includes(format));
  if (unknown !== undefined) refuse("formats", unknown, "an adapter for that format");
}

const optionalMethods = [
  "replaceAll",
  "confirm",
  "read",
  "changes",
  "sync",
  "mintRevision",
  "diagnostics",
] as const satisfies readonly (keyof Driver)[];

/** @throws TypeError for a driver that lacks what every driver has, or what a method of its own needs. */
export function checkDriver(driver: Driver): void {
  for (const method of ["load", "put", "remove", "close"] as const) {
    if (typeof driver[method] !== "function") {
      throw new TypeError(`driver.${method} must be a function`);
    }
  }
  for (const method of optionalMethods) {
    if (driver[method] !== undefined && typeof driver[method] !== "function") {
      throw new TypeError(`driver.${method} must be a function, or be left out`);
    }
  }
  if (driver.sync !== undefined && driver.changes === undefined) {
    throw new TypeError("driver.sync needs driver.changes, which comes to its position");
  }
  const { maxConcurrentWrites = 1 } = driver;
  if (!Number.isInteger(maxConcurrentWrites) || maxConcurrentWrites < 1) {
    throw new TypeError("driver.maxConcurrentWrites must be a positive integer");
  }
}

/** @throws TypeError, RangeError for what is no length of time to wait. */
export function checkTimeout(option: string, ms: unknown): void {
  if (typeof ms !== "number") throw new TypeError(`${option} must be a number of milliseconds`);
  if (!(ms > 0)) throw new RangeError(`${option} must be positive, and is ${ms}`);
}

function refuse(
  claim: keyof Capabilities,
  value: string | number | boolean,
  needed: string,
): never {
  throw new TypeError(`capabilities.${claim} ${JSON.stringify(value)} needs ${needed}`);
}
