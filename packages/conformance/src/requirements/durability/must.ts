/** What the requirements of the durability chapter have in common. */

import type { Capabilities } from "@engenho/sdk";
import type { Requirement } from "../requirement.ts";

/** Whether what a store acknowledges is to survive anything. */
function isDurable({ durability }: Capabilities): boolean {
  return durability !== "none";
}

/** A requirement of the durability profile; it applies where a store is durable, and where `appliesTo` says too. */
export function durabilityRequirement(
  level: Requirement["level"],
  id: `DUR-${string}`,
  title: string,
  check: Requirement["check"],
  appliesTo: NonNullable<Requirement["appliesTo"]> = () => true,
): Requirement {
  return {
    ...{ id, level, profile: "durability", title, check },
    appliesTo: (...setup) => isDurable(setup[0]) && appliesTo(...setup),
  };
}

/** A MUST of the same. */
export function durabilityMust(
  ...args: Parameters<typeof durabilityRequirement> extends [unknown, ...infer Rest] ? Rest : never
): Requirement {
  return durabilityRequirement("MUST", ...args);
}
