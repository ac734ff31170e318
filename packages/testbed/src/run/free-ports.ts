/** Ports of the loopback address that nobody listens on. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Where to look: below the ports that Linux gives to outgoing connections (from 32,768 on), so that no
 * such connection takes a server's port while the server is down.
 */
const RANGE = { from: 15_000, to: 32_000 };

/**
 * As many different ports as asked for. Each was free a moment ago, as was the one below it, which some servers take too;
 * a start may still find one taken.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(RANGE.from, RANGE.to);
    const isNear = [port - 1, port, port + 1].some((each) => ports.has(each));
    if (!isNear && (await isFree(port)) && (await isFree(port - 1))) ports.add(port);
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
