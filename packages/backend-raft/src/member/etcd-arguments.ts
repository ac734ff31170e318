/** What a member is started with. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RaftMemberOptions } from "../raft-options.ts";
import type { MemberRecord } from "./member-file.ts";
import { bindable } from "./member-urls.ts";
import { dataDirectory } from "./plan-member.ts";

/**
 * Nothing of ours depends on old revisions for longer than a handle is cut off, and a database that is never compacted
 * fills up.
 */
const HISTORY = "1h";

/** Its arguments. What stands in files (TLS) is written. */
export async function etcdArguments(
  logDir: string,
  { nodeId, peers, clientUrl }: MemberRecord,
  { tls, flags = [] }: Pick<RaftMemberOptions, "tls" | "flags">,
): Promise<readonly string[]> {
  const peerUrl = peers[nodeId] ?? "";
  const cluster = Object.entries(peers).map(([id, url]) => `${id}=${url}`);
  return [
    ...["--name", nodeId, "--data-dir", dataDirectory(logDir)],
    ...["--listen-peer-urls", bindable(peerUrl), "--initial-advertise-peer-urls", peerUrl],
    ...["--listen-client-urls", bindable(clientUrl), "--advertise-client-urls", clientUrl],
    ...["--initial-cluster", cluster.join(",")],
    ...["--logger", "zap", "--log-outputs", "stderr"],
    ...["--auto-compaction-mode", "periodic", "--auto-compaction-retention", HISTORY],
    ...(tls === undefined ? [] : await tlsArguments(logDir, tls)),
    ...flags,
  ];
}

/** Members and clients alike must show a certificate of the same authority. */
async function tlsArguments(
  logDir: string,
  tls: NonNullable<RaftMemberOptions["tls"]>,
): Promise<readonly string[]> {
  const directory = join(logDir, "tls");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const put = async (name: string, pem: string | Uint8Array): Promise<string> => {
    const path = join(directory, `${name}.pem`);
    await writeFile(path, pem, { mode: 0o600 });
    return path;
  };
  const [ca, cert, key] = [
    await put("ca", tls.ca),
    await put("cert", tls.cert),
    await put("key", tls.key),
  ];
  return ["", "peer-"].flatMap((side) => [
    ...[`--${side}cert-file`, cert, `--${side}key-file`, key],
    ...[`--${side}trusted-ca-file`, ca, `--${side}client-cert-auth`],
  ]);
}
