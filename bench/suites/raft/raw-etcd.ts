/**
 * The floor: what `@grpc/grpc-js` does by itself, with its own defaults. Requests are bytes that were made before, and of an
 * answer no more is read than whether it is the one that was hoped for.
 */

import { Client, credentials } from "@grpc/grpc-js";
import {
  countOf,
  deleteRange,
  fieldOf,
  type Guard,
  put,
  range,
  watchCreate,
} from "./raw-messages.ts";

/** A connection to one member. */
export class RawEtcd {
  readonly #client: Client;

  /** @param endpoint `http://host:port` */
  constructor(endpoint: string) {
    this.#client = new Client(new URL(endpoint).host, credentials.createInsecure());
  }

  /** Does a transaction, which must succeed. */
  async transact(request: Uint8Array): Promise<void> {
    if (fieldOf(await this.#call("Txn", request), 2) === undefined)
      throw new Error("a condition of the transaction does not hold");
  }

  /** Reads what must be there. */
  async read(request: Uint8Array): Promise<void> {
    if (fieldOf(await this.#call("Range", request), 2) === undefined)
      throw new Error("there is no such key");
  }

  /** Writes a key that is as it was until it is written again: what stands for a store's pointer. */
  async guard(key: string): Promise<Guard> {
    await this.#call("Put", put(key, new TextEncoder().encode(crypto.randomUUID())));
    const found = fieldOf(await this.#call("Range", range(key)), 2)?.bytes();
    const revision = fieldOf(found ?? new Uint8Array(), 3)?.int64();
    if (revision === undefined) throw new Error("there is no guard");
    return { key, revision: BigInt(revision) };
  }

  /** Removes all keys from one up to before another. */
  async remove(key: string, end: string): Promise<void> {
    await this.#call("DeleteRange", deleteRange(key, end));
  }

  /** Resolves when a watch of such keys has begun, which tells of each answer how many events are in it. */
  async watch(key: string, end: string, tell: (events: number) => void): Promise<void> {
    const stream = this.#client.makeBidiStreamRequest<Uint8Array, Buffer>(
      "/etcdserverpb.Watch/Watch",
      asBuffer,
      asItIs,
    );
    const begun = new Promise<void>((resolve) => {
      stream.on("data", (answer: Buffer) => {
        const events = countOf(answer, 11);
        if (events === 0) resolve();
        else tell(events);
      });
    });
    stream.write(watchCreate(key, end));
    await begun;
  }

  close(): void {
    this.#client.close();
  }

  #call(name: "DeleteRange" | "Put" | "Range" | "Txn", request: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<Uint8Array, Buffer>(
        `/etcdserverpb.KV/${name}`,
        asBuffer,
        asItIs,
        request,
        (error, answer) => {
          if (answer === undefined) reject(error ?? new Error("no answer"));
          else resolve(answer);
        },
      );
    });
  }
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function asItIs(answer: Buffer): Buffer {
  return answer;
}
