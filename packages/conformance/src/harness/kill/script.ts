/** What writers do until their process ends, as data that can be sent to another process. */

import type { ResourceFormat, ResourceRef, StoreBackend } from "@engenho/sdk";
import { assertResolves } from "../assertions.ts";
import { nextTurn } from "../next-turn.ts";

/** An apply without conditions. */
export interface ScriptApply {
  /** Tells it from a delete. */
  readonly verb: "apply";
  /** What the body is written in. */
  readonly format: ResourceFormat;
  /** One manifest. */
  readonly body: Uint8Array;
}

/** A delete without conditions. */
export interface ScriptDelete {
  /** Tells it from an apply. */
  readonly verb: "delete";
  /** What is to go. It is there when its turn comes. */
  readonly ref: ResourceRef;
}

/** One write. */
export type ScriptCall = ScriptApply | ScriptDelete;

/** Several clients at once, each making one call after another, and when the end comes. */
export interface Script {
  /** The calls of each client, in their order. */
  readonly clients: readonly (readonly ScriptCall[])[];
  /** The number of acknowledged calls, of all clients together, after which the end is near. */
  readonly acknowledged: number;
  /** The turns of the event loop that go by until it comes. */
  readonly turns: number;
}

/** Carries a script out. `onAnswer` is told of each acknowledged call of a client, `onEnd` when the end comes. */
export async function runScript(
  backend: StoreBackend,
  { clients, acknowledged, turns }: Script,
  onAnswer: (client: number) => void,
  onEnd: () => void,
): Promise<void> {
  let count = 0;
  const end = async (): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    onEnd();
  };
  const ends: Promise<void>[] = [];
  const run = async (calls: readonly ScriptCall[], client: number): Promise<void> => {
    for (const call of calls) {
      const done: Promise<unknown> =
        call.verb === "apply" ? backend.apply(call.format, call.body) : backend.delete(call.ref);
      await assertResolves(done, `${call.verb} of writer ${client}, beside others,`);
      onAnswer(client);
      if (++count === acknowledged) ends.push(end());
    }
  };
  await Promise.all(clients.map(run));
  await Promise.all(ends);
}
