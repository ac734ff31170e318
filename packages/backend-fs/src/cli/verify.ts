/** `engenho-fs verify`: whether a directory is as its profile has it. */

import { readProfile } from "../evidence/platform-profile.ts";
import type { Command, ExitStatus, Request } from "./command.ts";
import { compareWithProfile } from "./compare-with-profile.ts";
import type { Lines } from "./layout-lines.ts";
import { probeRoot } from "./probe-root.ts";

/** Compares what is observed now with the profile. */
export const verify: Command = {
  name: "verify",
  summary: "whether the directory is as its profile has it",
  options: ["profile"],
  needsProfile: true,
  async run({ root, profile }: Request & { readonly profile: string }) {
    const pinned = { path: profile, content: await readProfile(profile) };
    const { differences, untried, section } = compareWithProfile(pinned, await probeRoot(root));
    const { status, verdict } = judge(profile, differences.length, untried.length);
    return {
      status,
      lines: { heading: root, sections: [section], verdict },
      data: { root, profile, matches: status === 0, differences, untried },
    };
  },
};

function judge(
  profile: string,
  different: number,
  untried: number,
): { readonly status: ExitStatus; readonly verdict: Lines["verdict"] } {
  if (different > 0) {
    const text = `${different} ${different === 1 ? "fact differs" : "facts differ"} from the profile ${profile}`;
    return { status: 1, verdict: { text, mark: "bad" } };
  }
  if (untried > 0) {
    const text = `nothing differs, but ${untried} could not be tried: the disk is full`;
    return { status: 2, verdict: { text, mark: "note" } };
  }
  return { status: 0, verdict: { text: "the directory is as its profile has it", mark: "good" } };
}
