/**
 * Lets writes share transactions: while as many are under way as help, those that come wait, and then go together. Each is a
 * transaction within the transaction, with conditions of its own, so that none depends on another one.
 */

import { nextTick } from "node:process";
import { BackendError } from "@engenho/sdk";
import type { Draft } from "./etcd/codec.ts";
import type { EtcdClient } from "./etcd/etcd-client.ts";
import { groupCall, txnCall, type TxnRequest } from "./etcd/messages.ts";

/** One write: what it wants, and about how large that is. */
export interface GroupedWrite {
  readonly request: Draft<TxnRequest>;
  readonly bytes: number;
  /** Whether it needs room: etcd refuses the whole of a transaction with such a write once its database is full. */
  readonly grows: boolean;
}

/** What became of a write. */
export interface GroupedAnswer {
  readonly succeeded: boolean;
  /** Of the transaction: whatever of it succeeded got this one. */
  readonly revision: bigint;
  /** Whether nothing else can have it. */
  readonly isAlone: boolean;
}

/** A write that has not been sent. */
interface Waiting extends GroupedWrite {
  readonly resolve: (answer: GroupedAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Half of what etcd takes, which counts these and the operations in them together. */
const MOST_WRITES = 64;
const MOST_BYTES = 1_000_000;
/** So many transactions are under way at once, not counting those that take longer than this: they hold up nobody. */
const AT_ONCE = 2;
const STALLED_MS = 50;

/** The writes of one handle. */
export class WriteGroups {
  readonly #client: EtcdClient;
  #waiting: Waiting[] = [];
  #underWay = 0;
  #isScheduled = false;
  /** Whether the last group was one. */
  #hasCompany = false;

  constructor(client: EtcdClient) {
    this.#client = client;
  }

  /** Does a write, alone or with others. Rejects with what etcd says of the whole transaction. */
  write(write: GroupedWrite): Promise<GroupedAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, resolve, reject });
      this.#schedule();
    });
  }

  /**
   * Not at once, but in this turn; where there is company, in the next one, as whoever was answered with this one's caller
   * has something to write too.
   */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const soon = this.#hasCompany ? setImmediate : nextTick;
    soon(() => {
      this.#isScheduled = false;
      while (this.#waiting.length > 0 && this.#underWay < AT_ONCE) void this.#send(this.#next());
    });
  }

  /** The first one, and what goes with it: what makes room must not be refused with what needs it. */
  #next(): readonly Waiting[] {
    const grows = this.#waiting[0]?.grows;
    const [group, rest]: [Waiting[], Waiting[]] = [[], []];
    let bytes = 0;
    for (const each of this.#waiting) {
      const fits = group.length < MOST_WRITES && bytes + each.bytes <= MOST_BYTES;
      if (group.length > 0 && (each.grows !== grows || !fits)) rest.push(each);
      else {
        group.push(each);
        bytes += each.bytes;
      }
    }
    this.#waiting = rest;
    this.#hasCompany = group.length > 1;
    return group;
  }

  async #send(writes: readonly Waiting[]): Promise<void> {
    this.#underWay++;
    let isCounted = true;
    const leave = (): void => {
      if (!isCounted) return;
      isCounted = false;
      this.#underWay--;
      this.#schedule();
    };
    const stalled = setTimeout(leave, STALLED_MS);
    try {
      const answers = await this.#answers(writes.map(({ request }) => request));
      for (const [index, { resolve, reject }] of writes.entries()) {
        const answer = answers[index];
        if (answer === undefined)
          reject(new BackendError("internal", "etcd's answer is too short"));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of writes) reject(error);
    } finally {
      clearTimeout(stalled);
      leave();
    }
  }

  async #answers(requests: readonly Draft<TxnRequest>[]): Promise<readonly GroupedAnswer[]> {
    const [only, ...others] = requests;
    if (only !== undefined && others.length === 0) {
      const { header, succeeded } = await this.#client.order(txnCall, only);
      return [{ succeeded, revision: revisionOf(header), isAlone: true }];
    }
    const success = requests.map((txn) => ({ txn }));
    const { header, responses } = await this.#client.order(groupCall, { success });
    const revision = revisionOf(header);
    return responses.map(({ txn }) => ({
      succeeded: txn?.succeeded ?? false,
      revision,
      isAlone: false,
    }));
  }
}

function revisionOf(header: { readonly revision: bigint } | undefined): bigint {
  if (header === undefined) throw new BackendError("internal", "etcd's answer has no header");
  return header.revision;
}
