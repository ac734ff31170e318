/** Legal histories: clients at random speeds on registers that do one thing at a time. */

import type {
  Operation,
  OperationInput,
  OperationResult,
} from "../../../src/harness/linearizability/operation.ts";
import type { Random } from "./random.ts";

/** What goes on in a simulation. */
export interface Simulation {
  readonly clients: number;
  /** Calls of each client. */
  readonly calls: number;
  readonly resources: number;
  /** In how many of a hundred writes the caller does not learn what became of it. Default 0. */
  readonly unknown?: number;
  /** In how many of a hundred cases the call is a delete. Default 15. */
  readonly deletes?: number;
  /** Every body is written once. Default: they come from a few, so that some applies are `unchanged`. */
  readonly uniqueBodies?: boolean;
  /** Is told of every change at the moment at which it happens. */
  readonly tell?: (change: SimulatedChange) => void;
}

/** What happened to a resource; of a deletion, with the last body and revision. */
export interface SimulatedChange {
  readonly type: "added" | "modified" | "deleted";
  readonly resource: string;
  readonly body: string;
  readonly revision: string;
  readonly at: number;
}

/** One resource, one operation at a time, with concrete revisions. */
class Register {
  #present: { readonly body: string; readonly revision: string } | undefined;
  readonly seen: string[] = [];

  get present(): { readonly body: string; readonly revision: string } | undefined {
    return this.#present;
  }

  perform(input: OperationInput, fresh: () => string): OperationResult {
    const present = this.#present;
    if (input.verb === "get")
      return present === undefined ? { type: "not_found" } : { type: "found", ...present };
    const { ifRevision } = input;
    if (input.verb === "delete") {
      if (present === undefined) return { type: "not_found" };
      if (ifRevision !== undefined && ifRevision !== present.revision) return { type: "conflict" };
      this.#present = undefined;
      return { type: "deleted" };
    }
    if (ifRevision !== undefined && ifRevision !== (present?.revision ?? "absent"))
      return { type: "conflict" };
    if (present?.body === input.body) return { type: "unchanged", revision: present.revision };
    const revision = fresh();
    this.#present = { body: input.body, revision };
    return { type: present === undefined ? "created" : "replaced", revision };
  }
}

interface Pending {
  readonly client: number;
  readonly resource: number;
  readonly input: OperationInput;
  readonly call: number;
  result?: OperationResult;
}

/** A history that has an order, because it happened in one. */
export function simulate(random: Random, options: Simulation): readonly Operation[] {
  const registers = Array.from({ length: options.resources }, () => new Register());
  const history: Operation[] = [];
  const pending: (Pending | undefined)[] = Array.from({ length: options.clients });
  const left = Array.from({ length: options.clients }, () => options.calls);
  let [now, revisions, bodies] = [0, 0, 0];
  let late: Pending[] = [];

  const perform = (each: Pending): void => {
    const register = registers.at(each.resource) as Register;
    const before = register.present;
    each.result = register.perform(each.input, () => `r${++revisions}`);
    const state = register.present ?? before;
    if (register.present !== before && state !== undefined) {
      const type = before === undefined ? "added" : register.present ? "modified" : "deleted";
      options.tell?.({ type, resource: `resource ${each.resource}`, ...state, at: now });
    }
    // A client knows what it was told; who never learns the result knows nothing.
    if ("revision" in each.result && !late.includes(each))
      register.seen.push(each.result.revision ?? "");
  };
  const begin = (client: number): Pending => {
    const resource = random.below(options.resources);
    const seen = (registers.at(resource) as Register).seen.slice(-3);
    const body = options.uniqueBodies === true ? `b${++bodies}` : `b${random.below(3)}`;
    const ifRevision = random.chance(40) ? (random.pick([...seen, "absent"]) as string) : undefined;
    const input = inputOf(random, body, ifRevision, options.deletes ?? 15);
    return { client, resource, input, call: ++now };
  };
  const finish = (each: Pending, result: OperationResult): void => {
    const { client, input, call } = each;
    const end = result.type === "unknown" ? Infinity : ++now;
    history.push({
      client,
      resource: `resource ${each.resource}`,
      input,
      result,
      call,
      return: end,
    });
  };

  while (left.some((count) => count > 0)) {
    if (late.length > 0 && random.chance(10)) {
      const each = random.pick(late) as Pending;
      // Half of them never take effect.
      if (random.chance(50)) perform(each);
      late = late.filter((other) => other !== each);
    }
    const client = random.below(options.clients);
    const current = pending[client];
    if (current === undefined) {
      if ((left[client] ?? 0) > 0) pending[client] = begin(client);
      continue;
    }
    if (current.result === undefined) {
      if (current.input.verb !== "get" && random.chance(options.unknown ?? 0)) {
        late.push(current);
        finish(current, { type: "unknown" });
        pending[client] = undefined;
        left[client] = (left[client] ?? 0) - 1;
      } else perform(current);
      continue;
    }
    finish(current, current.result);
    pending[client] = undefined;
    left[client] = (left[client] ?? 0) - 1;
  }
  return history;
}

function inputOf(
  random: Random,
  body: string,
  ifRevision: string | undefined,
  deletes: number,
): OperationInput {
  if (random.chance(deletes))
    return { verb: "delete", ifRevision: ifRevision === "absent" ? undefined : ifRevision };
  return random.chance(50) ? { verb: "apply", body, ifRevision } : { verb: "get" };
}
