/** Violations that no order can explain, because of how they are made. The histories have unique bodies. */

import type { Operation } from "../../../src/harness/linearizability/operation.ts";
import type { Random } from "./random.ts";

/** Makes a legal history illegal; undefined if it has no place for this violation. */
export type Plant = (
  history: readonly Operation[],
  random: Random,
) => readonly Operation[] | undefined;

type Acknowledged = Operation & {
  readonly input: { readonly verb: "apply"; readonly body: string; readonly ifRevision?: string };
  readonly result: { readonly type: "created" | "replaced"; readonly revision: string };
};

/** A revision belongs to one change: two of them that say the same cannot both be true. */
const revisionReused: Plant = (history, random) => {
  const writes = acknowledged(history);
  const victim = random.pick(writes);
  const other = random.pick(
    writes.filter((each) => each.resource === victim?.resource && each !== victim),
  );
  if (victim === undefined || other === undefined) return undefined;
  const result = { ...other.result, revision: victim.result.revision };
  return history.map((each) => (each === other ? { ...other, result } : each));
};

/** A read of what had been replaced or deleted before the read began, by a write that began after it was written. */
const staleRead: Plant = (history, random) => {
  const pairs = acknowledged(history).flatMap((old) =>
    history
      .filter(
        (newer) =>
          newer.resource === old.resource &&
          newer.call > old.return &&
          ["replaced", "deleted", "created"].includes(newer.result.type),
      )
      .map((newer) => ({ old, newer })),
  );
  const pair = random.pick(pairs);
  if (pair === undefined) return undefined;
  const { body } = pair.old.input;
  const { revision } = pair.old.result;
  const read = readAt(pair.newer.return + random.below(20) + 0.25, pair.old.resource);
  return [...history, { ...read, result: { type: "found", body, revision } }];
};

/** A second write over a revision that a write has replaced already. */
const lostUpdate: Plant = (history, random) => {
  const winner = random.pick(
    acknowledged(history).filter(({ input }) => (input.ifRevision ?? "absent") !== "absent"),
  );
  if (winner === undefined) return undefined;
  const result = { type: "replaced", revision: "a second winner's" } as const;
  const input = { ...winner.input, body: "a second winner's" };
  const call = winner.call - 0.25 + random.below(2) / 2;
  return [...history, { ...winner, client: 99, input, result, call, return: winner.return + 0.5 }];
};

/** A value that nobody wrote. */
const neverWritten: Plant = (history, random) => {
  const place = random.pick(history);
  if (place === undefined) return undefined;
  const read = readAt(place.call + 0.25, place.resource);
  return [...history, { ...read, result: { type: "found", body: "never", revision: "never" } }];
};

/** A create that wins although there was one before it, and no delete at all. */
const twoCreates: Plant = (history, random) => {
  const winner = random.pick(
    acknowledged(history).filter(({ result }) => result.type === "created"),
  );
  const about = history.filter(({ resource }) => resource === winner?.resource);
  if (winner === undefined || about.some(({ input }) => input.verb === "delete")) return undefined;
  const input = { verb: "apply", body: "another's", ifRevision: "absent" } as const;
  const result = { type: "created", revision: "another's" } as const;
  return [...history, { ...winner, client: 99, input, result, call: winner.call - 0.25 }];
};

/** All of them, by name. */
export const plants: Readonly<Record<string, Plant>> = {
  "a revision of two changes": revisionReused,
  "a stale read": staleRead,
  "a lost update": lostUpdate,
  "a value that nobody wrote": neverWritten,
  "two creates that win": twoCreates,
};

function acknowledged(history: readonly Operation[]): readonly Acknowledged[] {
  return history.filter(
    (each): each is Acknowledged =>
      each.input.verb === "apply" && ["created", "replaced"].includes(each.result.type),
  );
}

function readAt(call: number, resource: string): Omit<Operation, "result"> {
  return { client: 99, resource, input: { verb: "get" }, call, return: call + 0.5 };
}
