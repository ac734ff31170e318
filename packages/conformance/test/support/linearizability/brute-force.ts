/**
 * The oracle: tries every order, every choice of what unknown writes did and every revision that they can have
 * got, on a register with concrete revisions. It shares no code with the checker but the type of operations.
 */

import type { Operation } from "../../../src/harness/linearizability/operation.ts";

interface Present {
  readonly body: string;
  readonly revision: string;
}

/** Whether one resource's operations have an order; `anyStart` if they need not begin with nothing. */
export function hasOrder(operations: readonly Operation[], anyStart = false): boolean {
  const mentioned = new Set<string>();
  const bodies = new Set<string>(["another body"]);
  for (const { input, result } of operations) {
    if ("revision" in result && result.revision !== undefined) mentioned.add(result.revision);
    if (input.verb !== "get" && input.ifRevision !== undefined) mentioned.add(input.ifRevision);
    if (input.verb === "apply") bodies.add(input.body);
    if (result.type === "found") bodies.add(result.body);
  }
  mentioned.delete("absent");
  const explore = (
    left: readonly Operation[],
    present: Present | undefined,
    used: ReadonlySet<string>,
    latestCall: number,
  ): boolean => {
    if (left.every(({ result }) => result.type === "unknown")) return true;
    for (const each of left) {
      const rest = left.filter((other) => other !== each);
      const isLate = rest.some((o) => o.result.type !== "unknown" && o.return < each.call);
      if (isLate || each.return < latestCall) continue;
      const call = Math.max(latestCall, each.call);
      for (const [next, brought] of outcomes(each, present, [...mentioned, `?${used.size}`])) {
        if (brought !== undefined && used.has(brought)) continue;
        const now = brought === undefined ? used : new Set([...used, brought]);
        if (explore(rest, next, now, call)) return true;
      }
    }
    return false;
  };
  const telling = operations.filter(
    ({ input, result }) =>
      result.type !== "refused" && !(input.verb === "get" && result.type === "unknown"),
  );
  if (explore(telling, undefined, new Set(), -Infinity)) return true;
  if (!anyStart) return false;
  return [...bodies].some((body) =>
    [...mentioned, "another revision"].some((revision) =>
      explore(telling, { body, revision }, new Set([revision]), -Infinity),
    ),
  );
}

/** What can be there after the operation, and the revision that it brought: none if it cannot have happened. */
function outcomes(
  { input, result }: Operation,
  present: Present | undefined,
  revisions: readonly string[],
): readonly (readonly [Present | undefined, string | undefined])[] {
  const stays = [[present, undefined]] as const;
  if (input.verb === "get") {
    if (present === undefined) return result.type === "not_found" ? stays : [];
    const isShown =
      result.type === "found" &&
      result.body === present.body &&
      (result.revision ?? present.revision) === present.revision;
    return isShown ? stays : [];
  }
  const { ifRevision } = input;
  if (input.verb === "delete") {
    if (present === undefined) return result.type === "not_found" ? stays : [];
    if (ifRevision !== undefined && ifRevision !== present.revision)
      return result.type === "conflict" ? stays : [];
    return result.type === "deleted" || result.type === "unknown" ? [[undefined, undefined]] : [];
  }
  if (ifRevision !== undefined && ifRevision !== (present?.revision ?? "absent"))
    return result.type === "conflict" ? stays : [];
  if (present?.body === input.body)
    return result.type === "unchanged" && result.revision === present.revision ? stays : [];
  if (result.type === "unknown")
    return revisions.map((revision) => [{ body: input.body, revision }, revision]);
  if (result.type !== (present === undefined ? "created" : "replaced") || !("revision" in result))
    return [];
  const revision = result.revision ?? "";
  return [[{ body: input.body, revision }, revision]];
}
