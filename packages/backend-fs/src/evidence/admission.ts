/** What the store makes of the evidence: how it stands here, or why it cannot. */

import { BackendError } from "@engenho/sdk";
import type { PlatformEvidence, StorePathEvidence } from "./platform-evidence.ts";
import { longestName } from "./probes.ts";

/** What an acknowledged write is to survive. */
export type PromisedDurability = "process" | "power-loss";

/** The posture in which a store was opened. `unproven`: the disk was too full to try. */
export interface PlatformAdmission {
  /** What an acknowledged write survives. */
  readonly durability: PromisedDurability;
  /**
   * Why it survives a loss of power: `assured` on a disk of this machine, `unverified` where that is up to
   * what lies behind (a network, FUSE, an overlay), `not-promised` for durability `process`.
   */
  readonly persistence: "assured" | "unverified" | "not-promised";
  /** How a file is replaced at one instant. */
  readonly replacement: "rename" | "unproven";
  /** Why no symbolic link leads out of the root: they are refused, or there are none here. */
  readonly links: "refused" | "absent" | "unproven";
}

interface Obstacle {
  /** Ends "the filesystem …". */
  readonly text: string;
  readonly isThere: (path: StorePathEvidence) => boolean;
}

const always: readonly Obstacle[] = [
  {
    text: "does not tell upper from lower case, so that two resources would share a file",
    isThere: ({ letterCase }) => letterCase === "folded",
  },
  {
    text: "does not replace a file when another is renamed over it",
    isThere: ({ renameOver }) => renameOver === "refused",
  },
  {
    text: "follows symbolic links where it is told not to",
    isThere: ({ noFollow }) => noFollow === "follows-links",
  },
  {
    text: "does not keep the times of files to the microsecond, of which revisions are made",
    isThere: ({ fileTimes }) => fileTimes === "coarse",
  },
  {
    text: `does not take names of ${longestName} bytes`,
    isThere: ({ nameBytes }) => nameBytes !== "unknown" && nameBytes < longestName,
  },
];

const forPowerLoss: readonly Obstacle[] = [
  {
    text: "lies in memory, of which a loss of power leaves nothing",
    isThere: ({ storage }) => storage === "memory",
  },
  { text: "does not sync files", isThere: ({ fileSync }) => fileSync === "refused" },
  {
    text: "does not sync directories",
    isThere: ({ directorySync }) => directorySync === "refused",
  },
];

/** What keeps a store from being opened here, each ending "the filesystem …"; nothing if it can be. */
export function obstacles(
  path: StorePathEvidence,
  durability: PromisedDurability,
): readonly string[] {
  const found = always.filter(({ isThere }) => isThere(path));
  if (durability === "power-loss")
    found.push(...forPowerLoss.filter(({ isThere }) => isThere(path)));
  return found.map(({ text }) => text);
}

/** The posture that follows from the evidence, obstacles aside. */
export function admissionOf(
  path: StorePathEvidence,
  durability: PromisedDurability,
): PlatformAdmission {
  const { storage, renameOver, noFollow } = path;
  const persistence = storage === "disk" ? "assured" : "unverified";
  const links = { "no-links": "absent", unknown: "unproven" } as const;
  return {
    durability,
    persistence: durability === "power-loss" ? persistence : "not-promised",
    replacement: renameOver === "unknown" ? "unproven" : "rename",
    links: noFollow === "no-links" || noFollow === "unknown" ? links[noFollow] : "refused",
  };
}

/**
 * Admits a root.
 *
 * @throws BackendError `unsupported` that names every obstacle, and says where `process` would do.
 */
export function admit(
  root: string,
  { storePath }: PlatformEvidence,
  durability: PromisedDurability,
): PlatformAdmission {
  const found = obstacles(storePath, durability);
  if (found.length === 0) return admissionOf(storePath, durability);
  const isProcessEnough = obstacles(storePath, "process").length === 0;
  const advice = isProcessEnough ? '; durability "process" does without' : "";
  const what = `the filesystem of ${root} (${storePath.filesystem}) ${found.join(", and ")}`;
  throw new BackendError("unsupported", `${what}${advice}`);
}
