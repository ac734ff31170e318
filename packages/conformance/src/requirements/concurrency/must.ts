/** What the requirements of the concurrency chapter have in common. */

import type { Requirement } from "../requirement.ts";

/** A MUST of the concurrency profile; it applies to every backend unless something is said. */
export function concurrencyMust(
  id: `CONC-${string}`,
  title: string,
  check: Requirement["check"],
  appliesTo: NonNullable<Requirement["appliesTo"]> = () => true,
): Requirement {
  return { id, level: "MUST", profile: "concurrency", title, appliesTo, check };
}
