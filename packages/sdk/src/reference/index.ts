/** References: their checks, order, keys and appearance. */

export * from "./check-reference.ts";
export * from "./compare-references.ts";
export * from "./format-reference.ts";
export * from "./reference-key.ts";
