/**
 * One node: `node.ts <options as JSON>`. Runs its member, applies what it is told to, tells what its watch sees, and ends with
 * the process that started it.
 */

import { createRaftBackend, type RaftMemberOptions } from "@engenho/backend-raft";
import { BackendError } from "@engenho/sdk";
import type { Order } from "./node-process.ts";

const options = JSON.parse(process.argv[2] ?? "") as RaftMemberOptions;
const tell = (line: string): void => void process.send?.(line);

const giveUp = (): void => process.exit(1);
process.once("disconnect", giveUp);
const store = await createRaftBackend(options);
process.off("disconnect", giveUp).once("disconnect", () => void store.close());

process.on("message", (order: Order) => void apply(order.apply));
for await (const event of await store.watch("ConfigMap", undefined, "json")) {
  if (event.type === "bookmark") tell("up");
  if (event.type !== "added" && event.type !== "modified") continue;
  const { data } = JSON.parse(new TextDecoder().decode(event.resource.body));
  tell(`sees ${data.text}`);
}

/** Again where the cluster is without a leader for a moment: what was applied already is then unchanged. */
async function apply(text: string): Promise<void> {
  const metadata = { name: "greeting" };
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text } };
  const body = new TextEncoder().encode(JSON.stringify(manifest));
  try {
    await store.apply("json", body);
  } catch (error) {
    if (!BackendError.is(error) || !error.retryable) throw error;
    await apply(text);
  }
}
