/** Waits for a member that was started to be one of a quorum. */

import { BackendError } from "@engenho/sdk";
import { EtcdClient, type EtcdClientOptions } from "../etcd/etcd-client.ts";
import { etcdError } from "../etcd/etcd-error.ts";
import { memberListCall } from "../etcd/messages.ts";
import { explain } from "./member-driver.ts";
import type { Member } from "./member.ts";

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
        const mayPass = failure.retryable && member.endsInARow < MOST_ENDS;
        if (!mayPass || performance.now() > deadline) throw await describe(failure, member);
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

/** Why it is not there, as far as it and its log tell. */
async function describe(failure: BackendError, member: Member): Promise<unknown> {
  if (member.trouble !== undefined) return explain(failure, member);
  if (!failure.retryable) return failure;
  const { nodeId, logFile } = member.status;
  const complaint = await member.complaint();
  const said = complaint === undefined ? "" : `, which says: ${complaint}`;
  const reason = `node ${nodeId} is not one of a quorum yet (${failure.reason}); its log is ${logFile}${said}`;
  return new BackendError("unavailable", reason, { outcome: "none", cause: failure });
}
