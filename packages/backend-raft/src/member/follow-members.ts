/**
 * Keeps a client's endpoints those of the cluster's members: some have not been there yet, some come and go later. Brings it
 * back to this node's member when that is there again.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdClient } from "../etcd/etcd-client.ts";
import { memberListCall } from "../etcd/messages.ts";

/** After the first question, and at most; each pause is twice the one before. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [250, 10_000];

/** Until the signal is aborted. A question that nobody answers changes nothing. */
export async function followMembers(
  client: EtcdClient,
  clientUrl: string,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      client.reach([clientUrl, ...(await othersOf(client, clientUrl))]);
      await client.comeBackTo(clientUrl);
    } catch {}
    await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** None for a member that has not been there yet. */
async function othersOf(client: EtcdClient, clientUrl: string): Promise<readonly string[]> {
  const { members } = await client.ask(memberListCall, {});
  const urls = members.flatMap(({ clientUrls }) => clientUrls);
  return urls.filter((url) => url !== clientUrl && /^https?:/.test(url));
}
