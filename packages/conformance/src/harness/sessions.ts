/** What each client of a store may rely on where reads are not linearizable: its own writes, and no way back. */

import { byCall, type Operation } from "./linearizability/operation.ts";

/**
 * The history with as much freedom as `read-your-writes` gives to reads: a read may show any state since its
 * client's last acknowledged write of the resource. What writes were told stays as it is.
 */
export function relaxReads(history: readonly Operation[]): readonly Operation[] {
  return history.map((read) => {
    if (read.input.verb !== "get") return read;
    const own = history.filter(
      ({ client, resource, input, result, return: end }) =>
        client === read.client &&
        resource === read.resource &&
        end < read.call &&
        input.verb !== "get" &&
        result.type !== "unknown",
    );
    return { ...read, call: Math.max(0, ...own.map((each) => each.return)) };
  });
}

/**
 * A read that shows its client something older than what it had seen, behind what it had seen; undefined if there is
 * none. Older is a revision that the client itself saw replaced, and one whose write was over before the
 * other's began.
 */
export function wayBack(history: readonly Operation[]): readonly Operation[] | undefined {
  const writes = new Map<string, Operation>();
  for (const each of history)
    if (["created", "replaced"].includes(each.result.type)) writes.set(keyOf(each), each);
  const isOlder = (one: Operation, other: Operation): boolean => {
    const [end, start] = [writes.get(keyOf(one))?.return, writes.get(keyOf(other))?.call];
    return end !== undefined && start !== undefined && end < start;
  };
  const seen = new Map<string, Operation[]>();
  for (const operation of history.toSorted(byCall)) {
    if (revisionOf(operation) === undefined) continue;
    const session = `${operation.client} ${operation.resource}`;
    const before = seen.get(session) ?? [];
    const first = before.findIndex((each) => revisionOf(each) === revisionOf(operation));
    const newer = before.find(
      (each, index) =>
        isOlder(operation, each) ||
        (first !== -1 && index > first && revisionOf(each) !== revisionOf(operation)),
    );
    if (newer !== undefined) return [newer, operation];
    seen.set(session, [...before, operation]);
  }
  return undefined;
}

/** Which change of which resource it shows. */
function keyOf(operation: Operation): string {
  return `${operation.resource} ${revisionOf(operation)}`;
}

function revisionOf({ result }: Operation): string | undefined {
  return "revision" in result ? result.revision : undefined;
}
