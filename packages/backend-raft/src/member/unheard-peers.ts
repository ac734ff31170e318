/** Which peers nobody listens for: what a member waits for while it is not one of a quorum. */

import { once } from "node:events";
import { connect } from "node:net";

/** How long one may take to be heard of. */
const PATIENCE_MS = 1_000;

/** Peers by id, those where no connection comes about. */
export async function unheardPeers(
  peers: Readonly<Record<string, string>>,
): Promise<readonly (readonly [id: string, url: string])[]> {
  const asked = Object.entries(peers).map(async (peer) => ({ peer, is: await listens(peer[1]) }));
  return (await Promise.all(asked)).filter(({ is }) => !is).map(({ peer }) => peer);
}

async function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replaceAll(/[[\]]/g, ""), port: Number(port) });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
