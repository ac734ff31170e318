/** What grpc-js by itself does with several members: one channel, and calls that are made anew when they fail. */

import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials } from "@grpc/grpc-js";
import { fieldOf, put, range } from "./raw-messages.ts";

/** After a call that has failed, in milliseconds. */
const PAUSE_MS = 10;

/** Puts and gets, with a deadline each. */
export class PlainClient {
  readonly #client: Client;
  readonly #deadlineMs: number;

  /** @param endpoints `http://address:port` of each member, by IPv4 address. */
  constructor(endpoints: readonly string[], deadlineMs: number) {
    const addresses = endpoints.map((endpoint) => new URL(endpoint).host).join(",");
    this.#client = new Client(`ipv4:${addresses}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 1_000,
    });
    this.#deadlineMs = deadlineMs;
  }

  /** Whether it was acknowledged. */
  async put(key: string, value: string): Promise<boolean> {
    const answer = await this.#call("Put", put(key, new TextEncoder().encode(value)));
    if (answer === undefined) await sleep(PAUSE_MS);
    return answer !== undefined;
  }

  /** What the key holds; waits until somebody says so. */
  async get(key: string): Promise<string> {
    for (;;) {
      const answer = await this.#call("Range", range(key));
      if (answer === undefined) {
        await sleep(PAUSE_MS);
        continue;
      }
      const found = fieldOf(answer, 2)?.bytes() ?? new Uint8Array();
      return new TextDecoder().decode(fieldOf(found, 5)?.bytes());
    }
  }

  close(): void {
    this.#client.close();
  }

  #call(name: "Put" | "Range", request: Uint8Array): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        `/etcdserverpb.KV/${name}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        { deadline: Date.now() + this.#deadlineMs },
        (_, answer) => resolve(answer),
      );
    });
  }
}
