/** `engenho-fs verify`: whether a directory is as its profile has it. */

import type { Command, Request } from "./command.ts";
import { compareWithProfile } from "./compare-with-profile.ts";
import { probeRoot } from "./probe-root.ts";

/** Compares what is observed now with the profile. */
export const verify: Command = {
  name: "verify",
  summary: "whether the directory is as its profile has it",
  needsProfile: true,
  async run({ root, profile }: Request & { readonly profile: string }) {
    const { differences, section } = await compareWithProfile(profile, await probeRoot(root));
    const matches = differences.length === 0;
    const count =
      differences.length === 1 ? "1 fact differs" : `${differences.length} facts differ`;
    return {
      status: matches ? 0 : 1,
      lines: {
        heading: root,
        sections: [section],
        verdict: matches
          ? { text: "the directory is as its profile has it", mark: "good" }
          : { text: `${count} from the profile ${profile}`, mark: "bad" },
      },
      data: { root, profile, matches, differences },
    };
  },
};
