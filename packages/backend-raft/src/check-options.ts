/** Refuses options that can't be: what nobody looks at would be found out only when it matters. */

import { tlsCredentials } from "./etcd/etcd-client.ts";
import type { RaftStoreOptions } from "./raft-options.ts";

const kindsOfReads: ReadonlySet<unknown> = new Set(["linearizable", "read-your-writes"]);

/** @throws TypeError that names the option and what it takes. */
export function checkOptions(options: RaftStoreOptions): void {
  if (!isObject(options))
    throw new TypeError("the options must be an object, with endpoints and prefix or with nodeId");
  const { timeoutMs = 5_000, reads = "linearizable", auth, tls } = options;
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0))
    throw new TypeError("timeoutMs must be a positive number");
  if (!kindsOfReads.has(reads))
    throw new TypeError('reads must be "linearizable" or "read-your-writes"');
  if (auth !== undefined && !isUser(auth))
    throw new TypeError("auth must be { username, password }, two strings");
  if (tls === undefined) return;
  if (!isObject(tls)) throw new TypeError("tls must be { ca, cert, key }, each in PEM");
  tlsCredentials(tls);
}

/** @throws TypeError for what is no list of URLs. */
export function checkEndpoints(endpoints: unknown): void {
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    throw new TypeError("endpoints must be a list of at least one");
  for (const endpoint of endpoints) {
    const url = String(endpoint);
    if (!/^https?:\/\/[^/?#@]+$/.test(url) || !URL.canParse(url))
      throw new TypeError("endpoints must look like https://host:2379");
  }
}

function isUser(auth: unknown): boolean {
  return isObject(auth) && [auth["username"], auth["password"]].every(isString);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}
