/** What the requirements of the snapshot chapter have in common. */

import type { Capabilities } from "@engenho/sdk";
import type { Requirement } from "../requirement.ts";

/** Whether a backend makes snapshots. */
export function snapshots({ snapshot, verbs }: Capabilities): boolean {
  return snapshot !== "none" && verbs.includes("snapshot");
}

/** Whether a backend restores them. */
export function restores({ restore, verbs }: Capabilities): boolean {
  return restore !== "none" && verbs.includes("restore");
}

/** Whether it does both. */
export function doesBoth(capabilities: Capabilities): boolean {
  return snapshots(capabilities) && restores(capabilities);
}

/** A MUST of the snapshot profile. */
export function snapshotMust(
  id: `SNAP-${string}`,
  title: string,
  appliesTo: (capabilities: Capabilities) => boolean,
  check: Requirement["check"],
): Requirement {
  return { id, level: "MUST", profile: "snapshot", title, appliesTo, check };
}
