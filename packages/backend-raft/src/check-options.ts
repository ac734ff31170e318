/** Refuses options that can't be: what nobody looks at would be found out only when it matters. */

import { tlsCredentials } from "./etcd/etcd-client.ts";
import type { RaftStoreOptions } from "./raft-options.ts";
import { shown } from "./shown.ts";

const kindsOfReads: ReadonlySet<unknown> = new Set(["linearizable", "read-your-writes"]);

/** @throws TypeError that names the option and what it takes. */
export function checkOptions(options: RaftStoreOptions): void {
  if (!isObject(options))
    throw new TypeError("the options must be an object, with endpoints and prefix or with nodeId");
  const { timeoutMs = 5_000, reads = "linearizable", auth, tls } = options;
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0))
    throw new TypeError(`timeoutMs must be a positive number, not ${shown(timeoutMs)}`);
  if (!kindsOfReads.has(reads))
    throw new TypeError(`reads must be "linearizable" or "read-your-writes", not ${shown(reads)}`);
  if (auth !== undefined && !isUser(auth))
    throw new TypeError("auth must be { username, password }, two strings");
  if (tls === undefined) return;
  if (!isObject(tls)) throw new TypeError("tls must be { ca, cert, key }, each in PEM");
  tlsCredentials(tls);
}

/**
 * Endpoints as they are dialled: without a slash behind them.
 *
 * @throws TypeError for what is no list of URLs, each with its port: etcd's tools take 2379 for none, URLs 80 or 443.
 */
export function checkEndpoints(endpoints: unknown): readonly string[] {
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    throw new TypeError(`endpoints must be a list of at least one, not ${shown(endpoints)}`);
  return endpoints.map((endpoint) => {
    const url = String(endpoint);
    if (/^https?:\/\/[^/?#@]+:\d+\/?$/.test(url) && URL.canParse(url))
      return url.replace(/\/$/, "");
    throw new TypeError(`endpoints must look like https://host:2379, not ${shown(endpoint)}`);
  });
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
