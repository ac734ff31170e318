/** Evidence and admission as people read them. */

import { admissionOf, obstacles, type PromisedDurability } from "../evidence/admission.ts";
import type { PlatformEvidence, StorePathEvidence } from "../evidence/platform-evidence.ts";
import type { Fact, Mark, Section } from "./layout-lines.ts";

/** Values that keep stores away or are worth a look; one fact's own first; all others are as they should be. */
const marks: Readonly<Record<string, Mark>> = {
  memory: "note",
  network: "note",
  unknown: "note",
  refused: "note",
  wrong: "note",
  "follows-links": "bad",
  coarse: "bad",
  folded: "bad",
  // Two spellings of a name are told apart by the layout, which encodes what is not plain.
  "unicode folded": "note",
};

const labels: readonly (readonly [fact: keyof StorePathEvidence, label: string])[] = [
  ["filesystem", "filesystem"],
  ["storage", "kept on"],
  ["fileSync", "fsync of a file"],
  ["directorySync", "fsync of a directory"],
  ["renameOver", "rename over a file"],
  ["noFollow", "O_NOFOLLOW"],
  ["hardLinks", "hard links"],
  ["positionalReads", "reads at positions"],
  ["fileTimes", "times of files"],
  ["nameBytes", "bytes in a name"],
  ["letterCase", "upper and lower case"],
  ["unicode", "forms of Unicode"],
];

const durabilities: readonly PromisedDurability[] = ["power-loss", "process"];

/** Sections for what was seen, and what it is good for. */
export function platformSections(evidence: PlatformEvidence): readonly Section[] {
  const { host, storePath } = evidence;
  return [
    {
      title: "host",
      facts: [
        { label: "platform", value: host.platform, mark: "fact" },
        { label: "monotonic clock", value: host.monotonicClock, mark: "fact" },
      ],
    },
    {
      title: "directory",
      facts: labels.map(([fact, label]) => {
        const value = String(storePath[fact]);
        const mark = marks[`${fact} ${value}`] ?? marks[value] ?? "good";
        return { label, value, mark: fact === "filesystem" ? "fact" : mark };
      }),
    },
    {
      title: "durability",
      facts: durabilities.map((durability) => verdictOn(storePath, durability)),
    },
  ];
}

function verdictOn(path: StorePathEvidence, durability: PromisedDurability): Fact {
  const found = obstacles(path, durability);
  if (found.length > 0)
    return { label: durability, value: `no: it ${found.join(", and ")}`, mark: "bad" };
  const { persistence } = admissionOf(path, durability);
  if (persistence !== "unverified") return { label: durability, value: "yes", mark: "good" };
  return {
    label: durability,
    value: "yes, if what lies behind the filesystem keeps it",
    mark: "note",
  };
}
