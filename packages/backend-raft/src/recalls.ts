/**
 * Recalls writes that nobody answered: a member that was stalled may carry them out late. Where what they expect can come
 * about again (no such key, the same pointer), that would undo what was acknowledged since. So their condition names a key
 * that is not there, and putting it recalls them: from then on the condition does not hold.
 */

import { BackendError } from "@engenho/sdk";
import type { Draft } from "./etcd/codec.ts";
import { type EtcdClient, questionShare } from "./etcd/etcd-client.ts";
import { etcdError } from "./etcd/etcd-error.ts";
import { type Compare, compareTarget, txnCall } from "./etcd/messages.ts";
import type { Layout } from "./layout.ts";
import type { OperationId } from "./stored-value.ts";

/** What must not be written before a recall has succeeded: one key, or anything at all. */
export type RecallScope = Uint8Array | "everything";

/** The recalls of one handle. */
export class Recalls {
  readonly #client: EtcdClient;
  readonly #layout: Layout;
  /** What is to be recalled still, by scope. */
  readonly #pending = new Map<string, OperationId[]>();

  constructor(client: EtcdClient, layout: Layout) {
    this.#client = client;
    this.#layout = layout;
  }

  /** The condition of a write that can be recalled. */
  condition(operation: OperationId): Draft<Compare> {
    const key = this.#layout.recalled(operation);
    return { target: compareTarget.created, key, createRevision: 0n };
  }

  /**
   * Gives whether it is sure that the write does not happen any more, if it has not. If nobody answers, {@link settle} tries
   * again.
   */
  async recall(operation: OperationId, scope: RecallScope): Promise<boolean> {
    try {
      await this.#put(operation, questionShare / 2);
      return true;
    } catch {
      const name = nameOf(scope);
      this.#pending.set(name, [...(this.#pending.get(name) ?? []), operation]);
      return false;
    }
  }

  /**
   * Resolves once nothing can come late to where somebody is about to write.
   *
   * @throws BackendError `unavailable`, or what a retry does not help against (`no_space` where a full database takes no
   * recall), with outcome `none`.
   */
  async settle(key?: Uint8Array): Promise<void> {
    if (this.#pending.size === 0) return;
    const names = ["everything", ...(key === undefined ? [] : [nameOf(key)])];
    for (const name of names) {
      const operations = this.#pending.get(name) ?? [];
      try {
        await Promise.all(operations.map((operation) => this.#put(operation)));
      } catch (cause) {
        const { code, reason, retryable } = BackendError.from(etcdError(cause));
        const what = `an earlier write that etcd has not answered may come yet, and cannot be recalled now: ${reason}`;
        throw new BackendError(retryable ? "unavailable" : code, what, {
          outcome: "none",
          retryable,
          cause,
        });
      }
      this.#pending.delete(name);
    }
  }

  /** Another generation counts: what was sent for resources of older ones finds that, whenever it comes. */
  forgetResources(): void {
    for (const name of this.#pending.keys()) if (name !== "everything") this.#pending.delete(name);
  }

  async #put(operation: OperationId, share?: number): Promise<void> {
    const put = { key: this.#layout.recalled(operation), value: [] };
    await this.#client.ask(txnCall, { success: [{ put }] }, share);
  }
}

function nameOf(scope: RecallScope): string {
  return scope === "everything" ? scope : Buffer.from(scope).toString("hex");
}
