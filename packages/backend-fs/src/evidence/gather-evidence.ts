/** Finds out what a root does by doing it, in a moment and leaving no trace. */

import { constants } from "node:fs";
import { open, statfs } from "node:fs/promises";
import { errnoOf } from "../errno.ts";
import { fsError } from "../fs-error.ts";
import { lockFile } from "../root-lock.ts";
import { filesystemName, storageOf } from "./filesystem-types.ts";
import type { PlatformEvidence, StorePathEvidence } from "./platform-evidence.ts";
import { inProbeDirectory } from "./probe-directory.ts";
import { letterCaseOf, probes, syncAccepted } from "./probes.ts";

/**
 * The evidence of a root that this process has locked. On a full disk what cannot be tried is
 * `unknown`: a full store must still open, or nobody could make room in it.
 *
 * @throws BackendError if the root cannot be written to or fails otherwise.
 */
export async function gatherEvidence(root: string): Promise<PlatformEvidence> {
  try {
    const filesystem = filesystemName((await statfs(root)).type);
    // By the lock file, which is there even where the disk is full, and by a name that nobody else has.
    const cases = [await letterCaseOf(root, lockFile)];
    const { letterCase, ...probed } = await runProbes(root);
    if (letterCase !== "unknown") cases.push(letterCase);
    return {
      observedAt: Date.now(),
      host: { platform: process.platform, monotonicClock: "process-local" },
      storePath: {
        filesystem,
        storage: storageOf(filesystem),
        directorySync: await directorySync(root),
        ...probed,
        letterCase: cases.includes("folded") ? "folded" : "distinct",
      },
    };
  } catch (error) {
    throw fsError(error, `find out what ${root} can do`);
  }
}

type ProbedFacts = {
  -readonly [Fact in keyof typeof probes]: StorePathEvidence[Fact] | "unknown";
};

async function runProbes(root: string): Promise<ProbedFacts> {
  const facts: ProbedFacts = {
    fileSync: "unknown",
    renameOver: "unknown",
    noFollow: "unknown",
    hardLinks: "unknown",
    positionalReads: "unknown",
    fileTimes: "unknown",
    nameBytes: "unknown",
    letterCase: "unknown",
    unicode: "unknown",
  };
  await unlessFull(
    inProbeDirectory(root, async (directory) => {
      for (const [fact, probe] of Object.entries(probes)) {
        const found = await unlessFull<unknown>(probe(directory));
        if (found !== undefined) Object.assign(facts, { [fact]: found });
      }
    }),
  );
  return facts;
}

async function unlessFull<T>(probing: Promise<T>): Promise<T | undefined> {
  try {
    return await probing;
  } catch (error) {
    if (["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

async function directorySync(root: string): Promise<"accepted" | "refused"> {
  const { O_DIRECTORY, O_RDONLY } = constants;
  const directory = await open(root, O_RDONLY | O_DIRECTORY);
  try {
    return await syncAccepted(directory);
  } finally {
    await directory.close();
  }
}
