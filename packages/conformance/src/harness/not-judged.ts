/** What could be judged of a backend and is not, since its subject does not say how. */

import type { Requirement } from "../requirements/requirement.ts";
import type { PreparedSubject } from "./prepare-subject.ts";
import type { Subject } from "./subject.ts";

const never = (): Promise<never> =>
  Promise.reject(new Error("it is only asked whether it is there"));

/** Each means that a subject may lack without anything being skipped, and what then stays open. */
const means: readonly (readonly [missing: string, what: string, given: Partial<Subject>])[] = [
  ["reopen()", "whether a second handle meets the first in one place", { reopen: never }],
  ["fail()", "what happens after a failure of the system", { fail: never }],
  ["outside()", "what others write to the system", { outside: never }],
  ["steps: true", "ends at every single step", { steps: true }],
];

/** Further ways of damage, for a subject that has one. */
const ways = [
  ["block", "what is there and cannot be read"],
  ["alter", "what only a checksum tells"],
  ["outdate", "a store of another version"],
] as const;

/**
 * One line for each means that is missing: `what happens after a failure of the system (the subject has no fail())`.
 * What is skipped, because the backend claims it, says so itself.
 */
export function notJudged(
  { capabilities, subject }: PreparedSubject,
  selected: readonly Requirement[],
): string[] {
  const opens = (given: Partial<Subject>): boolean =>
    selected.some(
      ({ appliesTo }) =>
        appliesTo !== undefined &&
        !appliesTo(capabilities, subject) &&
        appliesTo(capabilities, { ...subject, ...given }),
    );
  const { damage } = subject;
  const further = ways.flatMap(([way, what]) =>
    damage === undefined
      ? []
      : [[`damage.${way}()`, what, { damage: { ...damage, [way]: never } }] as const],
  );
  return [...means, ...further].flatMap(([missing, what, given]) =>
    opens(given) ? [`${what} (the subject has no ${missing})`] : [],
  );
}
