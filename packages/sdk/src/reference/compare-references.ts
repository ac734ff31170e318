/** The order of lists and snapshots: by kind, namespace (none first), name, each by its UTF-8 bytes. */

import type { ResourceRef } from "../contract/index.ts";

/**
 * Orders text as its UTF-8 bytes are ordered, which is by code point. JavaScript's `<` orders by
 * UTF-16 unit and puts U+1F600 before U+FF5E.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Moves surrogates (U+10000 and up) behind the units E000–FFFF, where their code points belong. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A negative number if `a` comes first, positive if `b` does, 0 for the same resource. */
export function compareReferences(a: ResourceRef, b: ResourceRef): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.namespace ?? "", b.namespace ?? "") ||
    compareText(a.name, b.name)
  );
}

/** Whether two references name the same resource. */
export function equalReferences(a: ResourceRef, b: ResourceRef): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.kind === b.kind;
}
