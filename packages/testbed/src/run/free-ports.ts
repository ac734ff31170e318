/** Ports of the loopback address that nobody listens on. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Where to look: below the ports that Linux gives to outgoing connections (from 32,768 on), so that no
 * such connection takes a server's port while the server is down.
 */
const RANGE = { from: 15_000, to: 32_000 };

/** As many different ports as asked for; each was free a moment ago, so a start may still find one taken. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
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
