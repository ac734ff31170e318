/** A first look at what a backend claims, so that the suite can rely on its shape. */

import { inspect } from "node:util";
import type { Capabilities } from "@engenho/sdk";

type Test = (value: unknown) => boolean;

const isTextList: Test = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
const oneOf =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);
const isPattern: Test = (value) => {
  if (value === undefined) return true;
  try {
    return typeof value === "string" && new RegExp(value, "u") instanceof RegExp;
  } catch {
    return false;
  }
};
const isBoolean: Test = (value) => typeof value === "boolean";

const shape: Readonly<Record<keyof Capabilities, Test>> = {
  contract: oneOf(1),
  verbs: isTextList,
  durability: oneOf("none", "process", "power-loss"),
  fidelity: oneOf("bytes", "semantic"),
  snapshot: oneOf("consistent", "per-kind", "none"),
  restore: oneOf("atomic", "resumable", "none"),
  preconditions: isTextList,
  resume: isBoolean,
  externalWrites: isBoolean,
  sharing: oneOf("private", "exclusive", "shared"),
  reads: oneOf("linearizable", "read-your-writes"),
  formats: isTextList,
  maxBodyBytes: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  kinds: (value) =>
    value === "any" ||
    (Array.isArray(value) &&
      value.every((domain) => typeof domain?.kind === "string" && isPattern(domain.names))),
};

/** What is wrong with the shape of these claims, in one line; undefined if nothing is. */
export function capabilitiesFault(claims: unknown): string | undefined {
  if (typeof claims !== "object" || claims === null) {
    return `capabilities is ${inspect(claims)}, not an object`;
  }
  for (const [claim, isValid] of Object.entries(shape)) {
    const value: unknown = Reflect.get(claims, claim);
    if (!isValid(value))
      return `capabilities.${claim} is ${inspect(value, { breakLength: Infinity })}`;
  }
  try {
    structuredClone(claims);
  } catch {
    return "capabilities is not plain data: it holds a function or a symbol";
  }
  return undefined;
}
