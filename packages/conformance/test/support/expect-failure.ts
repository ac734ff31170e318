/** Asserts that a requirement finds a bug, and says so. */

import { expect } from "vitest";
import type { Subject } from "../../src/harness/subject.ts";
import type { Requirement } from "../../src/requirements/requirement.ts";
import { judge } from "./fake-backend.ts";

/** Fails unless the subject falls short of the requirement with this message. */
export async function expectFailure(
  chapter: readonly Requirement[],
  id: string,
  message: RegExp,
  subject: Subject,
): Promise<void> {
  const requirement = chapter.find((each) => each.id === id);
  if (requirement === undefined) throw new Error(`there is no ${id}`);
  const { requirements } = await judge([requirement], subject);
  expect(requirements).toEqual([expect.objectContaining({ id, status: "failed" })]);
  expect(requirements[0]?.message).toMatch(message);
}
