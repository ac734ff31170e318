/** References: fields that traverse, collide, are too long, ill-formed or not text at all. */

import { inspect, isDeepStrictEqual } from "node:util";
import type { ResourceRef } from "../../../src/contract/index.ts";
import { BackendError } from "../../../src/contract/index.ts";
import { checkReference, formatReference, referenceKey } from "../../../src/reference/index.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfError, flawOfMessage } from "../flaw-of-error.ts";
import type { Random } from "../random.ts";

const pieces = [
  ...[
    "a",
    "..",
    ".",
    "/",
    "\\",
    "\0",
    "%2e%2e",
    "é",
    "e\u0301",
    "😀",
    "\ud800",
    "\udc00",
    "\n",
    "\r",
  ],
  ...[
    "\u2028",
    "_cluster",
    "__proto__",
    "constructor",
    "CON",
    " ",
    "x".repeat(252),
    "y".repeat(1000),
  ],
];

const strangers: readonly unknown[] = [
  undefined,
  null,
  0,
  true,
  {},
  [],
  ["a"],
  () => "a",
  Symbol("a"),
  1n,
];

export function hostileText(random: Random): string {
  return random.list(random.below(4), () => random.pick(pieces)).join("");
}

function hostileField(random: Random): unknown {
  return random.chance(0.1) ? random.pick(strangers) : hostileText(random);
}

/** A reference that is one by its type only. */
export function hostileReference(random: Random): ResourceRef {
  if (random.chance(0.03)) return random.pick(strangers) as ResourceRef;
  const ref: Record<string, unknown> = { kind: hostileField(random), name: hostileField(random) };
  if (random.chance(0.7)) ref["namespace"] = hostileField(random);
  if (random.chance(0.2)) ref["extra"] = hostileField(random);
  if (random.chance(0.1)) Object.setPrototypeOf(ref, null);
  return ref as unknown as ResourceRef;
}

const codes = new Set(["invalid_reference"]);

export const referenceFamily: Family<ResourceRef> = {
  name: "reference",
  weight: 60,
  make: hostileReference,
  examine: examineReference,
  smaller: () => [],
  show: (ref) => inspect(ref),
};

function examineReference(ref: ResourceRef): Verdict {
  let checked: ResourceRef;
  try {
    checked = checkReference(ref);
  } catch (error) {
    if (error instanceof TypeError)
      return { result: "TypeError", flaw: typeFlaw(ref) ?? flawOfMessage(error.message) };
    return {
      result: BackendError.is(error) ? error.code : "untyped",
      flaw: flawOfError(error, codes),
    };
  }
  return { result: "accepted", flaw: acceptanceFlaw(ref, checked) };
}

/** A TypeError is for what is not text; nothing else. */
function typeFlaw(ref: ResourceRef): string | undefined {
  if (typeof ref !== "object" || ref === null) return undefined;
  const { kind, name, namespace = "" } = ref;
  const areTexts = [kind, name, namespace].every((field) => typeof field === "string");
  return areTexts ? "a TypeError for fields that are texts" : undefined;
}

function acceptanceFlaw(ref: ResourceRef, checked: ResourceRef): string | undefined {
  const fields = [checked.kind, checked.name, checked.namespace ?? "a"];
  const isTraversal = fields.some((field) => /(?:^|[/\\])\.\.(?:[/\\]|$)/.test(field));
  if (isTraversal || fields.some((field) => field === "" || field.includes("\0")))
    return "accepted what is no reference";
  if (fields.some((field) => [...field].length > 253 || !field.isWellFormed()))
    return "accepted a field that is too long or ill-formed";
  const { kind, name, namespace } = ref;
  const plain = namespace === undefined ? { kind, name } : { kind, name, namespace };
  if (!isDeepStrictEqual(checked, plain)) return "the checked reference is another one";
  const [first, second, ...rest] = referenceKey(checked).split("\0");
  if (rest.length !== 1 || first !== kind || second !== (namespace ?? ""))
    return "its key is ambiguous";
  return flawOfMessage(formatReference(checked));
}
