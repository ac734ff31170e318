/** A node in a process of its own. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RaftMemberOptions } from "@engenho/backend-raft";

/** What a node is told to do. */
export interface Order {
  readonly apply: string;
}

/** A node that was started. */
export interface NodeProcess {
  order(order: Order): void;
  /** Resolves when the node has said this; throws an Error if it ends before. */
  says(line: string): Promise<void>;
  /** Ends it with SIGKILL, which leaves it no time to clear up. */
  kill(): Promise<void>;
  /** Lets it close its store, and resolves when it has ended. */
  end(): Promise<void>;
}

const file = fileURLToPath(new URL("./node.ts", import.meta.url));

export function startNode(options: RaftMemberOptions): NodeProcess {
  const child = fork(file, [JSON.stringify(options)]);
  const said = new Set<string>();
  child.on("message", (line: string) => void said.add(line));
  const ended = once(child, "exit");
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    order: (order) => void child.send(order),
    async says(line) {
      while (!said.delete(line)) {
        if (isOver()) throw new Error(`node ${options.nodeId} has ended`);
        await Promise.race([once(child, "message"), ended]);
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async end() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
