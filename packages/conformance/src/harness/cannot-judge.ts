/** Claims that are legal and that the suite has no manifests for: it says so rather than fail the backend. */

import type { Capabilities } from "@engenho/sdk";
import {
  leastBodyBytes,
  longestName,
  takenFormats,
  takesNamespaces,
  takesPlainNames,
  writableFormats,
} from "./fixtures.ts";

/** Why a backend with these claims cannot be judged yet, in one line; undefined if it can. */
export function cannotJudge(capabilities: Capabilities): string | undefined {
  const { formats, kinds, maxBodyBytes } = capabilities;
  // No kind or format at all is no legal claim: CORE-010 says so.
  if (formats.length === 0 || (kinds !== "any" && kinds.length === 0)) return undefined;
  if (takenFormats(capabilities).length === 0) {
    return `these claims are legal, but the suite cannot judge them yet: ${whatIsMissing(kinds)}`;
  }
  const limits = kinds === "any" ? [] : kinds.map((domain) => domain.maxBodyBytes ?? maxBodyBytes);
  const least = Math.min(maxBodyBytes, ...limits);
  if (least >= leastBodyBytes) return undefined;
  return `these claims are legal, but the suite cannot judge them yet: maxBodyBytes is ${least}, and its manifests need up to ${leastBodyBytes}`;
}

/** Why there is no kind that the suite can write. */
function whatIsMissing(kinds: Capabilities["kinds"]): string {
  const listed = kinds === "any" ? [] : kinds;
  const namespaced = listed.filter(takesNamespaces);
  if (listed.length > 0 && namespaced.length === 0)
    return "every kind is cluster-scoped, and the suite's manifests have namespaces";
  if (namespaced.length > 0 && !namespaced.some(takesPlainNames))
    return `no kind with namespaces takes the suite's names (up to ${longestName} lower-case letters, digits and hyphens)`;
  return `no kind with namespaces is taken in a format that the suite writes (${writableFormats.join(", ")}; hcl for Job only)`;
}
