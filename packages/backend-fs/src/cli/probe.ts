/** `engenho-fs probe`: what a directory does. */

import { admissionOf, obstacles } from "../evidence/admission.ts";
import { type Command, usualDurability } from "./command.ts";
import { platformSections } from "./platform-sections.ts";
import { probeRoot } from "./probe-root.ts";

/** Answers whether a store of that durability can be kept there. */
export const probe: Command = {
  name: "probe",
  summary: "what the directory does, and which durability a store can have there",
  options: ["durability"],
  needsProfile: false,
  async run({ root, durability = usualDurability }) {
    const evidence = await probeRoot(root);
    const found = obstacles(evidence.storePath, durability);
    const admission = found.length === 0 ? admissionOf(evidence.storePath, durability) : null;
    const isAdmitted = admission !== null;
    return {
      status: isAdmitted ? 0 : 1,
      lines: {
        heading: root,
        sections: platformSections(evidence),
        verdict: isAdmitted
          ? { text: `a store with durability ${durability} can be kept here`, mark: "good" }
          : { text: `no store with durability ${durability} can be kept here`, mark: "bad" },
      },
      data: { root, durability, evidence, admission, obstacles: found },
    };
  },
};
