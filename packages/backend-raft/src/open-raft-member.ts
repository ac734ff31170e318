/** Opens a store whose cluster has a member that this process runs. */

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BackendError, type ErrorCode, type StoreBackend } from "@engenho/sdk";
import { EtcdClient } from "./etcd/etcd-client.ts";
import { layoutOf } from "./layout.ts";
import { awaitMember } from "./member/await-member.ts";
import { etcdArguments } from "./member/etcd-arguments.ts";
import { checkProgram, checkVersion } from "./member/etcd-program.ts";
import { lockDirectory } from "./member/lock-directory.ts";
import { followMembers } from "./member/follow-members.ts";
import { LogFile } from "./member/log-file.ts";
import { MemberDriver } from "./member/member-driver.ts";
import { writeMember } from "./member/member-file.ts";
import { Member, type RaftMemberStatus } from "./member/member.ts";
import { checkWishes, planMember } from "./member/plan-member.ts";
import { openDriver } from "./open-driver.ts";
import { RaftDriver } from "./raft-driver.ts";
import type { RaftMemberOptions } from "./raft-options.ts";
import { shown } from "./shown.ts";

/** A store, and the member of its cluster that this process runs. */
export interface RaftMemberBackend extends StoreBackend {
  /** The member. `diagnostics().member` has its status too. */
  readonly member: {
    /** How it is now. */
    status(): RaftMemberStatus;
    /** The newest lines of its log, at most 64 KiB: etcd's JSON, one object a line. */
    logTail(): Promise<readonly string[]>;
  };
}

/** Errors are those of `createRaftBackend`, without backend and verb. */
export async function openRaftMember(options: RaftMemberOptions): Promise<RaftMemberBackend> {
  const { prefix = "engenho", timeoutMs = 5_000, startTimeoutMs = 60_000, etcd = "etcd" } = options;
  const { minimumVersion = "3.5.13" } = options;
  if (!(startTimeoutMs > 0))
    throw new TypeError(`startTimeoutMs must be a positive number, not ${shown(startTimeoutMs)}`);
  checkVersion(minimumVersion);
  if (typeof options.logDir !== "string") throw new TypeError("logDir must be a path");
  const wishes = checkWishes(options);
  const layout = layoutOf(prefix);
  const logDir = resolve(options.logDir);
  await checkProgram(etcd, minimumVersion);
  const unlock = await openDirectory(logDir);
  const log = new LogFile(join(logDir, "etcd.log"));
  let member: Member | undefined;
  let ended: Promise<void> | undefined;
  const ending = new AbortController();
  const end = (): Promise<void> => {
    ending.abort();
    return (ended ??= (member?.stop() ?? Promise.resolve()).then(unlock));
  };
  try {
    const record = await planMember(logDir, wishes);
    await writeMember(logDir, record);
    const command = [etcd, ...(await etcdArguments(logDir, record, options))];
    member = new Member(record, command, log);
    member.start();
    await awaitMember(member, record.peers, { ...options, startTimeoutMs });
    await writeMember(logDir, { ...record, joined: true });
    const { clientUrl } = record;
    const client = new EtcdClient({ ...options, endpoints: [clientUrl], timeoutMs });
    const driver = new MemberDriver(new RaftDriver(client, layout), member, end);
    const running = member;
    const handle = { status: () => running.status, logTail: () => log.tail() };
    const store = Object.assign(await openDriver(driver, options), { member: handle });
    void followMembers(client, clientUrl, ending.signal);
    return store;
  } catch (error) {
    await end();
    throw error;
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  EACCES: "permission_denied",
  EPERM: "permission_denied",
  EROFS: "permission_denied",
  ENOSPC: "no_space",
};

/** Makes the directory if need be, and locks it. */
async function openDirectory(logDir: string): Promise<() => Promise<void>> {
  try {
    await mkdir(logDir, { recursive: true, mode: 0o700 });
    return await lockDirectory(logDir);
  } catch (error) {
    if (!(error instanceof Error) || BackendError.is(error)) throw error;
    const code = codes[(error as NodeJS.ErrnoException).code ?? ""] ?? "unavailable";
    const reason = `cannot use the log directory ${logDir}: ${error.message}`;
    throw new BackendError(code, reason, { outcome: "none", retryable: false, cause: error });
  }
}
