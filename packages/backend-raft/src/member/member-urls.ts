/** Where members listen: what may be said, and what is safe. */

import { isIP } from "node:net";
import { shown } from "../shown.ts";

const idPattern = /^[\w.-]{1,64}$/;
const urlPattern = /^https?:\/\/[^/?#@]+\/?$/;

/** What of the options says where members listen. */
export interface UrlPolicy {
  readonly hasTls: boolean;
  readonly insecure: boolean;
}

/** @throws TypeError for an id that can't be. */
export function checkNodeId(nodeId: unknown): string {
  const id = typeof nodeId === "number" ? String(nodeId) : nodeId;
  if (typeof id === "string" && idPattern.test(id)) return id;
  throw new TypeError(
    `nodeId must be letters, digits, "_", "." and "-", 64 at most, not ${shown(nodeId)}`,
  );
}

/** @throws TypeError for what can't be, and for `http` off the loopback address that nobody has asked for. */
export function checkUrl(name: string, url: unknown, policy: UrlPolicy): string {
  const parsed = typeof url === "string" && urlPattern.test(url) ? URL.parse(url) : null;
  if (parsed === null || parsed.port === "")
    throw new TypeError(`${name} must look like https://host:2380, not ${shown(url)}`);
  const isSecure = parsed.protocol === "https:";
  if (isSecure && !policy.hasTls)
    throw new TypeError(`${name} (${parsed.origin}) is https, which needs \`tls\``);
  if (!isSecure && policy.hasTls)
    throw new TypeError(`${name} (${parsed.origin}) must be https, since there is \`tls\``);
  if (!isSecure && !policy.insecure && !isLoopback(parsed.hostname)) {
    throw new TypeError(
      `${name} (${parsed.origin}) is http off the loopback address, where anybody could change the store: use https with \`tls\`, or say \`insecure: true\``,
    );
  }
  return parsed.origin;
}

/** Where it listens for clients if nobody says: as for its peers, one port lower, which is 2379 for 2380. */
export function clientUrlBeside(peerUrl: string): string {
  const url = new URL(peerUrl);
  url.port = String(Number(url.port) - 1);
  return url.origin;
}

/** What etcd can bind: an address, not a name; a name's address may be another one inside. */
export function bindable(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const isAddress = hostname === "localhost" || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
  return isAddress ? url : `${protocol}//0.0.0.0:${port}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
