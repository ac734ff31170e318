/** Which backends a requirement about references and formats of the suite's choosing can be held against. */

import type { Capabilities, ResourceFormat } from "@engenho/sdk";

/** Whether a backend takes resources of any kind in each of these formats. */
export function takesAny(
  { kinds, formats }: Capabilities,
  ...needed: readonly ResourceFormat[]
): boolean {
  return kinds === "any" && needed.every((format) => formats.includes(format));
}
