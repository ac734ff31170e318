/** Checkers with one bug each: a sound one that is shown something else, or says something else. */

import { checkLinearizability } from "../../../src/harness/linearizability/check-linearizability.ts";
import type { Operation } from "../../../src/harness/linearizability/operation.ts";

/** Says whether a history has an order. */
export type Checker = (history: readonly Operation[]) => "ok" | "illegal" | "unknown";

/** The sound one. */
export const soundChecker: Checker = (history) => checkLinearizability(history).verdict;

/** A bug, and whether histories that it judges wrongly are legal or illegal ones. */
export interface CheckerMutant {
  readonly title: string;
  readonly isWrongAbout: "legal" | "illegal";
  readonly check: Checker;
}

export const checkerMutants: readonly CheckerMutant[] = [
  {
    title: "looks for any order, whatever had returned before",
    isWrongAbout: "illegal",
    check: changing((each) => ({
      ...each,
      call: 0,
      return: each.return === Infinity ? Infinity : 1,
    })),
  },
  {
    title: "takes the order of the calls for the order of their effects",
    isWrongAbout: "legal",
    check: changing((each) =>
      each.result.type === "unknown" ? each : { ...each, return: each.call },
    ),
  },
  {
    title: "takes what has an unknown outcome for never done",
    isWrongAbout: "legal",
    check: changing((each) => (each.result.type === "unknown" ? undefined : each)),
  },
  {
    title: "lets what is unknown happen at any later time",
    isWrongAbout: "illegal",
    check: changing((each) =>
      each.result.type === "unknown" ? { ...each, return: Infinity } : each,
    ),
  },
  {
    title: "takes a refused write for an unknown one",
    isWrongAbout: "illegal",
    check: changing((each) =>
      each.result.type === "refused" ? { ...each, result: { type: "unknown" } } : each,
    ),
  },
  {
    title: "does not look at the revisions that reads show",
    isWrongAbout: "illegal",
    check: changing((each) =>
      each.result.type === "found"
        ? { ...each, result: { type: "found", body: each.result.body } }
        : each,
    ),
  },
  {
    title: "does not look at bodies",
    isWrongAbout: "legal",
    check: changing(({ input, result, ...each }) => ({
      ...each,
      input: input.verb === "apply" ? { ...input, body: "" } : input,
      result: result.type === "found" ? { ...result, body: "" } : result,
    })),
  },
  {
    title: "does not look at preconditions",
    isWrongAbout: "illegal",
    check: changing((each) => {
      if (each.result.type === "conflict") return undefined;
      if (each.input.verb === "get") return each;
      const { ifRevision: _, ...input } = each.input;
      return { ...each, input };
    }),
  },
  {
    title: "does not look at reads",
    isWrongAbout: "illegal",
    check: changing((each) => (each.input.verb === "get" ? undefined : each)),
  },
  {
    title: "judges all resources as one",
    isWrongAbout: "legal",
    check: changing((each) => ({ ...each, resource: "all" })),
  },
  {
    title: "judges the first resource only",
    isWrongAbout: "illegal",
    check: (history) =>
      soundChecker(history.filter(({ resource }) => resource === history[0]?.resource)),
  },
  {
    title: "is content with a beginning that it can explain",
    isWrongAbout: "illegal",
    check: (history) => soundChecker(history.slice(0, -1)),
  },
];

function changing(change: (each: Operation) => Operation | undefined): Checker {
  return (history) =>
    soundChecker(
      history.flatMap((each) => {
        const changed = change(each);
        return changed === undefined ? [] : [changed];
      }),
    );
}
