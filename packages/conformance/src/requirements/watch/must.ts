/** What the requirements of the watch chapter have in common. */

import type { Capabilities } from "@engenho/sdk";
import type { Subject } from "../../harness/subject.ts";
import type { Requirement } from "../requirement.ts";

/** A MUST of the watch profile, for backends that watch and whose `claims` hold. */
export function watchMust(
  id: `WATCH-${string}`,
  title: string,
  check: Requirement["check"],
  claims: (capabilities: Capabilities, subject: Subject) => boolean = () => true,
): Requirement {
  return {
    id,
    level: "MUST",
    profile: "watch",
    title,
    appliesTo: (capabilities, subject) =>
      capabilities.verbs.includes("watch") && claims(capabilities, subject),
    check,
  };
}
