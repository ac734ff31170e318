/** Decides how a node boots: from its options the first time, from its log directory later. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { BackendError } from "@engenho/sdk";
import type { RaftMemberOptions } from "../raft-options.ts";
import { type MemberRecord, readMember } from "./member-file.ts";
import { checkNodeId, checkUrl, clientUrlBeside } from "./member-urls.ts";

/** What the options say of this node, checked. */
export interface MemberWishes {
  readonly nodeId: string;
  readonly peers: Readonly<Record<string, string>> | undefined;
  readonly clientUrl: string | undefined;
  /** Checks a URL that the options don't say. */
  readonly check: (name: string, url: string) => string;
}

/** @throws TypeError for what can't be, and for what is not safe. */
export function checkWishes(options: RaftMemberOptions): MemberWishes {
  const { nodeId, peers, clientUrl, tls, insecure = false } = options;
  const policy = { hasTls: tls !== undefined, insecure };
  const check = (name: string, url: string): string => checkUrl(name, url, policy);
  const id = checkNodeId(nodeId);
  if (peers !== undefined && !Object.hasOwn(peers, id))
    throw new TypeError(`peers must have this node too: ${id}`);
  const checked = Object.entries(peers ?? {}).map(
    ([peer, url]) => [checkNodeId(peer), check(`the URL of peer ${peer}`, url)] as const,
  );
  return {
    nodeId: id,
    peers: peers && Object.fromEntries(checked),
    clientUrl: clientUrl === undefined ? undefined : check("clientUrl", clientUrl),
    check,
  };
}

/** Where etcd keeps its data. */
export function dataDirectory(logDir: string): string {
  return join(logDir, "etcd");
}

/**
 * @throws BackendError `conflict` for the directory of another node, and for other peers than those of a first boot that has
 * not come to its end; `corrupt` for one that has lost its log. TypeError where the first boot has no peers, and where the
 * options don't go with what the directory knows.
 */
export async function planMember(logDir: string, wishes: MemberWishes): Promise<MemberRecord> {
  const { nodeId, peers, clientUrl, check } = wishes;
  const known = await readMember(logDir);
  if (known !== undefined && known.nodeId !== nodeId)
    throw new BackendError("conflict", `${logDir} is the log directory of node ${known.nodeId}`);
  const hasLog = existsSync(join(dataDirectory(logDir), "member", "wal"));
  if (known?.joined === true && !hasLog) {
    const advice = "remove the member from the cluster, and add it anew with an empty one";
    throw new BackendError("corrupt", `${logDir} has lost the log of node ${nodeId}: ${advice}`);
  }
  if (known !== undefined && hasLog) {
    if (!known.joined && peers !== undefined) checkPeers(logDir, known.peers, peers);
    for (const [peer, url] of Object.entries(known.peers)) check(`the URL of peer ${peer}`, url);
    return { ...known, clientUrl: check("clientUrl", clientUrl ?? known.clientUrl) };
  }
  if (peers === undefined) throw new TypeError(`peers must be given: ${logDir} has no cluster yet`);
  const own = clientUrl ?? clientUrlBeside(peers[nodeId] ?? "");
  return { nodeId, peers, clientUrl: own, joined: false };
}

/**
 * A cluster is its founders' URLs to etcd: with others, this node would never find the rest. Its log stays nevertheless. That
 * it has joined is written after it was one of a quorum, so that a node which was ended in between may have voted, and have
 * made writes durable that others count on.
 */
function checkPeers(
  logDir: string,
  known: MemberRecord["peers"],
  asked: MemberRecord["peers"],
): void {
  const [theirs, ours] = [known, asked].map(describePeers);
  if (theirs === ours) return;
  const reason = `${logDir} is of a cluster of ${theirs}, and peers are ${ours}`;
  const advice = `leave peers as they were to go on with it; if no store was ever opened with those on any node, remove ${dataDirectory(logDir)}, and it begins with the new ones`;
  throw new BackendError("conflict", `${reason}: ${advice}`, { outcome: "none" });
}

function describePeers(peers: MemberRecord["peers"]): string {
  const sorted = Object.entries(peers).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{ ${sorted.map(([id, url]) => `${id}: ${url}`).join(", ")} }`;
}
