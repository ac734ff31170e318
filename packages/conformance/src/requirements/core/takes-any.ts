/** Which backends a requirement about references and formats of the suite's choosing can be held against. */

import type { Capabilities, ResourceFormat } from "@engenho/sdk";

/** Whether a backend takes resources of any kind in each of these formats. */
export function takesAny(
  { kinds, formats }: Capabilities,
  ...needed: readonly ResourceFormat[]
): boolean {
  return kinds === "any" && needed.every((format) => formats.includes(format));
}

/** The formats of the backend that a manifest can be recognised in; none if it does not take any kind. */
export function textFormatsOf({ kinds, formats }: Capabilities): readonly ResourceFormat[] {
  return kinds === "any" ? ["json", "yaml"].filter((format) => formats.includes(format)) : [];
}
