/** What tests of supervised members share. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackendError } from "@engenho/sdk";
import { etcd, findServer, freePorts } from "@engenho/testbed";
import { expect, onTestFinished } from "vitest";
import { createRaftBackend, type RaftMemberBackend, type RaftMemberOptions } from "../src/index.ts";
import { failureOf } from "./support.ts";

/** A directory that is removed when the test ends. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "engenho-member-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What a test's node is told. */
type NodePlan = RaftMemberOptions & { readonly clientUrl: string };

/** Options of a cluster's nodes, whose members elect a leader fast. */
export async function planNodes(count: number, scheme = "http"): Promise<NodePlan[]> {
  const { path } = await findServer(etcd);
  const ports = await freePorts(2 * count);
  const url = (place: number): string => `${scheme}://127.0.0.1:${ports[place]}`;
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const peers = Object.fromEntries(ids.map((id) => [id, url(id - 1)]));
  const directory = makeDirectory();
  return ids.map((nodeId) => ({
    nodeId,
    peers,
    clientUrl: url(count + nodeId - 1),
    logDir: join(directory, `node-${nodeId}`),
    etcd: path,
    flags: ["--heartbeat-interval=20", "--election-timeout=200"],
  }));
}

/** The one node of a cluster. */
export async function planNode(options: Partial<RaftMemberOptions> = {}): Promise<NodePlan> {
  const [node] = await planNodes(1);
  if (node === undefined) throw new Error("there is one");
  return { ...node, ...options, clientUrl: node.clientUrl };
}

/** A store with a member, closed when the test ends. */
export async function openMember(options: RaftMemberOptions): Promise<RaftMemberBackend> {
  const store = await createRaftBackend(options);
  onTestFinished(() => store.close());
  return store;
}

/** How opening fails. */
export function refusalOf(options: RaftMemberOptions): Promise<BackendError> {
  return failureOf(openMember(options));
}

/** The process of a store's etcd. */
export function pidOf(store: RaftMemberBackend): number {
  const { pid } = store.member.status();
  if (pid === null) throw new Error("its etcd does not run");
  return pid;
}

/** Waits for a process to be gone. */
export async function expectGone(pid: number): Promise<void> {
  await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);
}

export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Writes a program of the shell's. */
export function writeProgram(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
