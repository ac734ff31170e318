/** What the requirements of the external chapter have in common. */

import type { Capabilities } from "@engenho/sdk";
import type { Requirement } from "../requirement.ts";

/** A MUST of the external profile, for backends that claim to see what others write and whose `claims` hold. */
export function externalMust(
  id: `EXT-${string}`,
  title: string,
  check: Requirement["check"],
  claims: (capabilities: Capabilities) => boolean = () => true,
): Requirement {
  return {
    id,
    level: "MUST",
    profile: "external",
    title,
    appliesTo: (capabilities) => capabilities.externalWrites && claims(capabilities),
    check,
  };
}

/** For requirements about watches. */
export function watches({ verbs }: Capabilities): boolean {
  return verbs.includes("watch");
}
