/** What a directory does, whether a store can stand on that, and whether it is as a profile has it. */

import { BackendError } from "@engenho/sdk";
import { obstacles } from "../evidence/admission.ts";
import type { PinnedProfile } from "../evidence/examine-platform.ts";
import type { PlatformEvidence } from "../evidence/platform-evidence.ts";
import { readProfile } from "../evidence/platform-profile.ts";
import type { PlatformProfile } from "../evidence/profile-content.ts";
import { type Request, usualDurability } from "./command.ts";
import { compareWithProfile } from "./compare-with-profile.ts";
import type { Findings } from "./findings.ts";
import { platformSections } from "./platform-sections.ts";
import { probeRoot } from "./probe-root.ts";

/** The store can still be looked at: it is open elsewhere, only to be read, or the disk is full. */
const hindrances: ReadonlySet<string> = new Set([
  "locked",
  "permission_denied",
  "no_space",
  "unavailable",
]);

/** @throws BackendError where there is no such directory. */
export async function platformFindings(request: Request): Promise<readonly Findings[]> {
  const { profile: path, ...rest } = request;
  if (path === undefined) return examine(rest, undefined);
  let content: PlatformProfile;
  try {
    content = await readProfile(path);
  } catch (error) {
    if (!BackendError.is(error, "profile_invalid")) throw error;
    return [...(await examine(rest, undefined)), invalidProfile(error.reason)];
  }
  return examine(rest, { path, content });
}

async function examine(
  { root, durability: asked }: Pick<Request, "root" | "durability">,
  pinned: PinnedProfile | undefined,
): Promise<readonly Findings[]> {
  let evidence: PlatformEvidence;
  try {
    evidence = await probeRoot(root);
  } catch (error) {
    if (!BackendError.is(error) || !hindrances.has(error.code)) throw error;
    return [notTried(error.reason, pinned)];
  }
  const durability = asked ?? pinned?.content.admission.durability ?? usualDurability;
  const found = obstacles(evidence.storePath, durability).map((text) => `the filesystem ${text}`);
  const directory: Findings = {
    sections: platformSections(evidence),
    problems: found,
    unknown: [],
    data: { platform: { evidence, durability, obstacles: found } },
  };
  return pinned === undefined ? [directory] : [directory, compared(pinned, evidence)];
}

function invalidProfile(reason: string): Findings {
  return {
    sections: [{ title: "profile", facts: [{ label: "invalid", value: reason, mark: "bad" }] }],
    problems: [reason],
    unknown: [],
    data: {},
  };
}

function notTried(reason: string, pinned: PinnedProfile | undefined): Findings {
  return {
    sections: [
      { title: "directory", facts: [{ label: "not tried", value: reason, mark: "note" }] },
    ],
    problems: [],
    unknown: pinned === undefined ? [] : [`the profile ${pinned.path} was not compared: ${reason}`],
    data: { platform: { notTried: reason } },
  };
}

function compared(pinned: PinnedProfile, evidence: PlatformEvidence): Findings {
  const { differences, untried, section } = compareWithProfile(pinned, evidence);
  return {
    sections: [section],
    problems: differences.length === 0 ? [] : [`the profile ${pinned.path} does not match`],
    unknown: untried.map((field) => `${field} could not be tried: the disk is full`),
    data: {},
  };
}
