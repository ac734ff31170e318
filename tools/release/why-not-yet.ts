/** Says what keeps a checkout from being published as it is. */

import { demand } from "../workspace/demand.ts";
import { publishedPackages } from "../workspace/published-packages.ts";
import { pendingChangesets } from "./pending-changesets.ts";

/** One line a person can act on for each reason; none if all is well. */
export async function whyNotYet(repository: string): Promise<string[]> {
  const reasons: string[] = [];
  const pending = pendingChangesets(repository);
  if (pending.length > 0) {
    reasons.push(
      `${pending.length} changesets are not in a version yet: run node_modules/.bin/changeset version, ` +
        "read the changelogs, commit",
    );
  }
  const changes = await demand("git", ["status", "--porcelain"], repository);
  if (changes !== "") reasons.push("not everything is committed: what is published must be in git");
  for (const { manifest } of publishedPackages(repository)) {
    if (manifest.repository === undefined) {
      reasons.push(`${manifest.name} names no repository: the links of its README need it`);
    }
  }
  return reasons;
}
