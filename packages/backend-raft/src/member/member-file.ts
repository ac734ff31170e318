/** `member.json`: what a node must know to boot again. */

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BackendError } from "@engenho/sdk";

/** A node as its log directory knows it. */
export interface MemberRecord {
  readonly nodeId: string;
  /** Every founder's peer URL by its id, this node's too. */
  readonly peers: Readonly<Record<string, string>>;
  readonly clientUrl: string;
  /** Whether it was one of a quorum once: then its log must be there. */
  readonly joined: boolean;
}

const FORMAT = 1;

/**
 * Undefined where there is none.
 *
 * @throws BackendError `corrupt` for a file that is not what {@link writeMember} writes.
 */
export async function readMember(directory: string): Promise<MemberRecord | undefined> {
  const path = join(directory, "member.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { format, ...record } = JSON.parse(text) as MemberRecord & { readonly format: number };
    const { nodeId, peers, clientUrl } = record;
    if (format === FORMAT && typeof peers[nodeId] === "string" && typeof clientUrl === "string")
      return record;
  } catch {}
  throw new BackendError("corrupt", `${path} is not a file of this backend's`);
}

/** Replaces it whole. */
export async function writeMember(directory: string, record: MemberRecord): Promise<void> {
  const path = join(directory, "member.json");
  const text = JSON.stringify({ format: FORMAT, ...record }, null, 2);
  await writeFile(`${path}.new`, `${text}\n`, { flush: true });
  await rename(`${path}.new`, path);
}
