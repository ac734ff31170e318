/** The version policy: what a minor version adds decides nothing until the next major one. */

import type { Requirement } from "../requirements/requirement.ts";
import { kitVersion } from "./kit-version.ts";

/** Whether a requirement is younger than the major version of the kit that judges. Default: this one. */
export function isProvisional({ since }: Pick<Requirement, "since">, version?: string): boolean {
  if (since === undefined || since === `${major(since)}.0.0`) return false;
  return major(since) === major(version ?? kitVersion());
}

/** Whether a requirement decides about its profile: a MUST that is not provisional. */
export function decides({
  level,
  provisional,
}: {
  readonly level: Requirement["level"];
  readonly provisional?: true;
}): boolean {
  return level === "MUST" && provisional !== true;
}

function major(version: string): string {
  return version.split(".")[0] ?? version;
}
