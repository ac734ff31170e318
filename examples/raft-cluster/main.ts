/** Three nodes of one cluster, one of which is killed: `npm start`, or `npm start -- /path/to/etcd`. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { type NodeProcess, startNode } from "./node-process.ts";

const [etcd = "etcd"] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), "engenho-raft-cluster-"));
const ports = await freePorts(3);
// On three hosts these would be https://10.0.0.1:2380 and so on, the same on each host.
const peers = Object.fromEntries(ports.map((port, i) => [i + 1, `http://127.0.0.1:${port}`]));
const running: NodeProcess[] = [];

function start(nodeId: number): NodeProcess {
  const logDir = join(directory, `node-${nodeId}`);
  const node = startNode({ nodeId, peers, logDir, etcd });
  running.push(node);
  return node;
}

try {
  const [one, two, three] = [start(1), start(2), start(3)];
  await Promise.all(running.map((node) => node.says("up")));
  console.log("three nodes are up");

  one.order({ apply: "hello" });
  await two.says("sees hello");
  console.log("node 1 has applied hello, and node 2 sees it");

  await three.kill();
  two.order({ apply: "still here" });
  await one.says("sees still here");
  console.log(
    "node 3 is killed, and the others go on: node 2 has applied still here, node 1 sees it",
  );

  await start(3).says("sees still here");
  console.log("node 3 has booted again, from its directory, and sees what it missed");
} finally {
  // One after the other, so that each finds another one to lead in its place.
  for (const node of running) await node.end();
  await rm(directory, { recursive: true });
}
console.log("all nodes have ended");
