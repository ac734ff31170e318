/** Ports of the loopback address for nodes. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Different ports that were free a moment ago, as was the one below each. They are below those that systems give to outgoing
 * connections, so that none of these takes the port of a node that is down.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 2 * randomInt(7_500, 16_000);
    if (!ports.has(port) && (await isFree(port)) && (await isFree(port - 1))) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ port, host: "127.0.0.1", exclusive: true });
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
