/** `engenho-fs bless`: writes down what a directory does, as the profile that it is held to from then on. */

import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { BackendError } from "@engenho/sdk";
import { admit } from "../evidence/admission.ts";
import { encodeProfile, profileOf, readProfile } from "../evidence/platform-profile.ts";
import { fsError, unlessMissing } from "../fs-error.ts";
import { type Command, type Request, usualDurability } from "./command.ts";
import { platformSections } from "./platform-sections.ts";
import { existingDirectory, probeRoot } from "./probe-root.ts";
import { writeWhole } from "./write-whole.ts";

/** Refuses where no store can be, inside the root, and over what is there unless a profile is replaced by force. */
export const bless: Command = {
  name: "bless",
  summary: "writes a profile of the directory as it is now",
  options: ["profile", "durability", "force"],
  needsProfile: true,
  async run(request: Request & { readonly profile: string }) {
    const { root, durability = usualDurability, profile, force } = request;
    const { target, isThere } = await targetOf(profile, root, force);
    const evidence = await probeRoot(root);
    const admission = admit(root, evidence, durability);
    // What was not there and is by now is not known to be a profile.
    await writeWhole(target, encodeProfile(profileOf(evidence, admission)), isThere);
    return {
      status: 0,
      lines: {
        heading: root,
        sections: platformSections(evidence),
        verdict: { text: `blessed for durability ${durability}: ${profile}`, mark: "good" },
      },
      data: { root, durability, profile, evidence, admission },
    };
  },
};

/** Where a profile may be written: the file itself if the path is a link to one; and whether one is there. */
async function targetOf(
  profile: string,
  root: string,
  force: boolean,
): Promise<{ readonly target: string; readonly isThere: boolean }> {
  try {
    const directory = await unlessMissing(realpath(dirname(profile)));
    if (directory === undefined)
      throw new BackendError("not_found", `there is no directory ${dirname(profile)}`);
    const isThere = (await unlessMissing(lstat(profile))) !== undefined;
    if (isThere && !force)
      throw new BackendError("conflict", `${profile} is there already; --force replaces it`);
    if (isThere) await assertProfile(profile);
    const target = isThere ? await realpath(profile) : join(directory, basename(profile));
    const fromRoot = relative(await existingDirectory(root), target);
    if (fromRoot === ".." || fromRoot.startsWith("../")) return { target, isThere };
  } catch (error) {
    throw fsError(error, `write ${profile}`);
  }
  const why = "it would move and be lost with what it is to judge";
  throw new BackendError("conflict", `the profile ${profile} lies in ${root}: ${why}`);
}

/** Force is for profiles: a slip of the hand must cost nobody another file. */
async function assertProfile(path: string): Promise<void> {
  try {
    await readProfile(path);
  } catch (error) {
    if (!BackendError.is(error, "profile_invalid")) throw error;
    const what = `${path} is no profile that could be replaced; remove it if it may go`;
    throw new BackendError("conflict", `${what} (${error.reason})`, { cause: error });
  }
}
