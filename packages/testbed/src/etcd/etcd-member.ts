/** One member of an etcd cluster: a real process that tests start, stop and stall. */

import { join } from "node:path";
import type { ServerProcess } from "../run/server-process.ts";
import { until } from "../run/until.ts";
import type { Workspace } from "../run/workspace.ts";

/** Where a member is and how it is started; what a cluster decides. */
export interface MemberPlan {
  /** In the cluster: `m0`. */
  readonly name: string;
  /** `http://127.0.0.1:20000` */
  readonly clientUrl: string;
  /** For the other members. */
  readonly peerUrl: string;
  /** Before the program: what puts it on a host of its own. */
  readonly prefix: readonly string[];
  /** The program and the arguments that all members share. */
  readonly command: readonly string[];
}

/** What a member says of itself. */
interface MemberStatus {
  readonly header: { readonly member_id: string };
  readonly leader?: string;
  readonly raftTerm?: string;
}

/** A member. */
export interface EtcdMember {
  /** In the cluster: `m0`. */
  readonly name: string;
  /** Where clients reach it: `http://127.0.0.1:20000`. */
  readonly endpoint: string;
  /** Where its data are: for copies while it does not run. */
  readonly dataDirectory: string;
  /** Whether its process is there; one that is paused is. */
  readonly running: boolean;
  /** Starts it, again if need be, with the data it had; resolves when the process is there. */
  start(): Promise<void>;
  /** Ends it, with SIGKILL unless told otherwise, and resolves when it is gone. */
  kill(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Stalls it (SIGSTOP): its connections stay open and nobody answers. */
  pause(): void;
  /** Lets it go on (SIGCONT). */
  resume(): void;
  /** What is wrong, as its `/health` says: no answer, no leader, an alarm. Undefined where nothing is. */
  trouble(): Promise<string | undefined>;
  /** The term in which it leads; undefined if it does not, as far as it knows, or does not answer. */
  leadsInTerm(): Promise<number | undefined>;
  /** What it has said last, for messages. */
  endOfLog(): string;
}

/** Nothing is waited for longer than this in one question. */
const ANSWER_TIMEOUT_MS = 2_000;

/** A member that has not been started. */
export function createMember(workspace: Workspace, plan: MemberPlan): EtcdMember {
  const { name, clientUrl, peerUrl, prefix, command } = plan;
  const dataDirectory = join(workspace.directory, name);
  const [file = "", ...args] = [
    ...prefix,
    ...command,
    ...["--name", name, "--data-dir", dataDirectory],
    ...["--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl],
    ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
  ];
  let process: ServerProcess | undefined;
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return fetch(`${clientUrl}${path}`, { ...init, signal });
  };
  return {
    name,
    endpoint: clientUrl,
    dataDirectory,
    get running() {
      return process?.running ?? false;
    },
    async start() {
      if (process?.running === true) return;
      process = await workspace.start(name, file, args);
    },
    async kill(signal = "SIGKILL") {
      process?.signal(signal);
      await process?.ended;
    },
    pause: () => process?.signal("SIGSTOP"),
    resume: () => process?.signal("SIGCONT"),
    async trouble() {
      try {
        const response = await ask("/health");
        return response.ok ? undefined : (await response.text()).trim();
      } catch (error) {
        const { message, cause } = error as Error;
        return cause instanceof Error ? `${message} (${cause.message})` : message;
      }
    },
    async leadsInTerm() {
      const request = { method: "POST", body: "{}" };
      const response = await ask("/v3/maintenance/status", request).catch(() => undefined);
      if (response?.ok !== true) return undefined;
      const { header, leader, raftTerm } = (await response.json()) as MemberStatus;
      return leader === header.member_id ? Number(raftTerm) : undefined;
    },
    endOfLog: () => workspace.endOfLog(name),
  };
}

/** Resolves when all are healthy; throws an Error with the log of one that is not, at once where it has ended. */
export async function untilHealthy(members: readonly EtcdMember[]): Promise<void> {
  let troubles: readonly string[] = [];
  const what = (): string => ["etcd to be healthy", ...troubles].join("; ");
  await until(what, async () => {
    const ended = members.find(({ running }) => !running);
    if (ended !== undefined) throw new Error(`${ended.name} has ended: ${ended.endOfLog()}`);
    const all = await Promise.all(
      members.map(async (member) => ({ member, trouble: await member.trouble() })),
    );
    troubles = all.flatMap(({ member, trouble }) =>
      trouble === undefined ? [] : [`${member.name}: ${trouble}; its log: ${member.endOfLog()}`],
    );
    return troubles.length === 0 ? true : undefined;
  });
}
