/** Waits for a member that was started to be one of a quorum. */

import { BackendError } from "@engenho/sdk";
import { EtcdClient, type EtcdClientOptions } from "../etcd/etcd-client.ts";
import { etcdError, isUnreached } from "../etcd/etcd-error.ts";
import { memberListCall } from "../etcd/messages.ts";
import type { Member } from "./member.ts";
import { unheardPeers } from "./unheard-peers.ts";

/** One that ends this often before it is there won't do better. */
const MOST_ENDS = 5;
/** How long one question waits, in milliseconds. */
const QUESTION_MS = 1_000;

/**
 * Resolves when it is.
 *
 * @throws BackendError `unavailable` if it is not there in time, ends again and again, or another one answers in its
 * place; `permission_denied`.
 */
export async function awaitMember(
  member: Member,
  peers: Readonly<Record<string, string>>,
  options: Pick<EtcdClientOptions, "tls" | "auth"> & { readonly startTimeoutMs: number },
): Promise<void> {
  const { clientUrl } = member.status;
  const client = new EtcdClient({ ...options, endpoints: [clientUrl], timeoutMs: QUESTION_MS });
  const deadline = performance.now() + options.startTimeoutMs;
  try {
    for (;;) {
      try {
        return await askMember(client, member);
      } catch (error) {
        const failure = BackendError.from(etcdError(error));
        const mayPass = failure.retryable && member.endsInARow < MOST_ENDS && !member.isHopeless;
        if (!mayPass || performance.now() > deadline) throw await describe(failure, member, peers);
      }
    }
  } finally {
    await client.close();
  }
}

/** A quorum vouches for the list, and the header says who answers. */
async function askMember(client: EtcdClient, member: Member): Promise<void> {
  const { nodeId, clientUrl } = member.status;
  const { header, members } = await client.ask(memberListCall, { linearizable: true });
  if (members.find(({ id }) => id === header?.memberId)?.name === nodeId) return;
  const reason = `another etcd answers at ${clientUrl}`;
  throw new BackendError("unavailable", reason, { outcome: "none" });
}

/** Why it is not there, as far as it, its log and its peers tell. */
async function describe(
  failure: BackendError,
  member: Member,
  peers: Readonly<Record<string, string>>,
): Promise<unknown> {
  if (!failure.retryable) return failure;
  const retryable = !member.isHopeless;
  const why = member.trouble ?? (await whyNotYet(failure, member, peers));
  return new BackendError("unavailable", why, { outcome: "none", retryable, cause: failure });
}

async function whyNotYet(
  failure: BackendError,
  member: Member,
  peers: Readonly<Record<string, string>>,
): Promise<string> {
  const { nodeId, logFile } = member.status;
  const { [nodeId]: _, ...others } = peers;
  const unheard = await unheardPeers(others);
  const where = unheard.map(([id, url]) => `peer ${id} (${url})`).join(", ");
  // That it does not listen for clients yet tells nothing: it begins when it is one of a quorum.
  const whys = [
    ...(where === "" ? [] : [`nobody listens at ${where}`]),
    ...(isUnreached(failure.cause) && where !== "" ? [] : [failure.reason]),
  ];
  const complaint = await member.complaint();
  const said = complaint === undefined ? "" : `, which says: ${complaint}`;
  return `node ${nodeId} is not one of a quorum yet (${whys.join("; ")}); its log is ${logFile}${said}`;
}
