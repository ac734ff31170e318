/** `engenho-fs bless`: writes down what a directory does, as the profile that it is held to from then on. */

import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { BackendError } from "@engenho/sdk";
import { admit } from "../evidence/admission.ts";
import { encodeProfile, profileOf } from "../evidence/platform-profile.ts";
import { errnoOf, fsError } from "../fs-error.ts";
import type { Command, Request } from "./command.ts";
import { platformSections } from "./platform-sections.ts";
import { probeRoot } from "./probe-root.ts";

/** Refuses where no store can be, and over an existing profile unless forced. */
export const bless: Command = {
  name: "bless",
  summary: "writes a profile of the directory as it is now",
  needsProfile: true,
  async run({ root, durability, profile, force }: Request & { readonly profile: string }) {
    const evidence = await probeRoot(root);
    const admission = admit(root, evidence, durability);
    await writeWhole(profile, encodeProfile(profileOf(evidence, admission)), force);
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

/** Writes a file whole or not at all. */
async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
  const temporary = force ? `${path}.${process.pid}.tmp` : path;
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    if (force) await rename(temporary, path);
    const directory = await open(dirname(path), "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw fsError(error, `write ${path}`);
    throw new BackendError("conflict", `${path} is there already; --force replaces it`);
  }
}
