/**
 * Hosts of their own, in network namespaces, whose cables can be pulled. Every host has two: one to the
 * clients (this process among them) and one to the other hosts. All of it belongs to processes of a
 * workspace, and is gone with them.
 *
 * Addresses are of 198.18.0.0/15, which RFC 2544 sets aside for tests of networks.
 */

import { randomInt } from "node:crypto";
import { mustRun, runProgram } from "../servers/run-program.ts";
import { until } from "./until.ts";
import type { Workspace } from "./workspace.ts";

/** One host. */
interface Host {
  /** At which this process and other clients reach it. */
  readonly clientAddress: string;
  /** At which the other hosts reach it. */
  readonly peerAddress: string;
  /** What to put before a command so that it runs on this host; the process is the command's own. */
  readonly prefix: readonly string[];
}

/** Hosts, all connected. */
export interface Network {
  readonly hosts: readonly Host[];
  /**
   * Connects hosts of the same group, by their index, and separates groups. A host of no group is
   * alone. Clients reach all of them all the same.
   */
  partition(groups: readonly (readonly number[])[]): Promise<void>;
  /** Connects all. */
  heal(): Promise<void>;
  /** Cuts or mends a host's cable to its clients. */
  setClientCable(host: number, connected: boolean): Promise<void>;
  /** Removes our interface at once; the kernel takes its time after the hosts' processes have ended. Idempotent. */
  close(): Promise<void>;
}

/** Why there can be no namespaces here, in one line; undefined if there can. */
export async function networkProblem(): Promise<string | undefined> {
  const probe =
    "ip link add engenho0 type veth peer name engenho1 && ip link add engenho2 type bridge";
  const { code, complaint } = await runProgram("unshare", ["--net", "sh", "-c", probe]);
  if (code === 0) return undefined;
  return `network namespaces need root and iproute2: ${complaint.trim()}`;
}

/** Makes `count` hosts. Throws an Error with what the system complained of where it is not allowed. */
export async function openNetwork(workspace: Workspace, count: number): Promise<Network> {
  const hub = await openNamespace(workspace, "hub");
  const peers = Array.from({ length: count }, (_, index) => `group${index}`);
  for (const bridge of ["clients", ...peers]) {
    await inside(hub, ["link", "add", bridge, "type", "bridge"]);
    await inside(hub, ["link", "set", bridge, "up"]);
  }
  const { subnet, cable } = await freeSubnet();
  await plug({ to: hub, port: "tests", bridge: "clients", cable, address: `${subnet}.254/24` });
  const hosts: Host[] = [];
  for (let index = 0; index < count; index++) {
    const host = await openNamespace(workspace, `host${index}`);
    const [clientAddress, peerAddress] = [`${subnet}.${index + 1}`, `198.19.0.${index + 1}`];
    const port = { from: host, to: hub };
    await plug({
      ...port,
      cable: "clients",
      port: `client${index}`,
      bridge: "clients",
      address: `${clientAddress}/24`,
    });
    await plug({
      ...port,
      cable: "peers",
      port: `peer${index}`,
      bridge: "group0",
      address: `${peerAddress}/24`,
    });
    const prefix = ["nsenter", `--net=/proc/${host}/ns/net`, "--"];
    hosts.push({ clientAddress, peerAddress, prefix });
  }
  const partition: Network["partition"] = async (groups) => {
    for (let index = 0; index < count; index++) {
      const group = groups.findIndex((members) => members.includes(index));
      const to = group === -1 ? ["nomaster"] : ["master", `group${group}`];
      await inside(hub, ["link", "set", `peer${index}`, ...to]);
    }
  };
  return {
    hosts,
    partition,
    heal: () => partition([hosts.map((_, index) => index)]),
    setClientCable: (index, connected) =>
      inside(hub, ["link", "set", `client${index}`, connected ? "up" : "down"]),
    close: async () => void (await runProgram("ip", ["link", "delete", cable])),
  };
}

/** A namespace lives as long as a process in it: this one's number stands for it. */
async function openNamespace(workspace: Workspace, name: string): Promise<number> {
  const holder = await workspace.start(name, "unshare", ["--net", "sleep", "infinity"]);
  await until(`the namespace ${name}`, async () => {
    if (!holder.running) throw new Error(`no network namespace: ${workspace.endOfLog(name)}`);
    const own = await mustRun("readlink", ["/proc/self/ns/net"]);
    return (await mustRun("readlink", [`/proc/${holder.pid}/ns/net`])) === own ? undefined : true;
  });
  await inside(holder.pid, ["link", "set", "lo", "up"]);
  return holder.pid;
}

/** A cable: one end with an address in `from` (without it, where this process is), the other a port of a bridge. */
interface Cable {
  readonly from?: number;
  readonly cable: string;
  readonly address: string;
  readonly to: number;
  readonly port: string;
  readonly bridge: string;
}

async function plug({ from, cable, address, to, port, bridge }: Cable): Promise<void> {
  const end = (args: readonly string[]) => (from === undefined ? ip(args) : inside(from, args));
  await end(["link", "add", cable, "type", "veth", "peer", "name", port, "netns", String(to)]);
  await inside(to, ["link", "set", port, "master", bridge, "up"]);
  await end(["address", "add", address, "dev", cable]);
  await end(["link", "set", cable, "up"]);
}

/** A subnet that no interface of this machine has, and a name for our interface in it. */
async function freeSubnet(): Promise<{ readonly subnet: string; readonly cable: string }> {
  const taken = await mustRun("ip", ["-oneline", "address"]);
  return until("a free subnet", async () => {
    const third = randomInt(256);
    const subnet = `198.18.${third}`;
    return taken.includes(` ${subnet}.`) ? undefined : { subnet, cable: `engenho${third}` };
  });
}

async function ip(args: readonly string[]): Promise<void> {
  await mustRun("ip", args);
}

async function inside(namespace: number, args: readonly string[]): Promise<void> {
  await mustRun("nsenter", [`--net=/proc/${namespace}/ns/net`, "--", "ip", ...args]);
}
