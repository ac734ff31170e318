/** Brings a store into the state in which it must be opened anew. */

import type { Capabilities } from "@engenho/sdk";
import { assertRejects } from "../harness/assertions.ts";
import type { CheckContext } from "../harness/check-context.ts";
import { Fixtures } from "../harness/fixtures.ts";
import type { Subject } from "../harness/subject.ts";

/** Whether a subject has the means. No backend claims that it can fail, so that one without them owes nothing. */
export function canFail(_: Capabilities, subject: Subject): boolean {
  return subject.fail !== undefined;
}

/** Has the system fail, and the store learn of it. */
export async function failStore(context: CheckContext): Promise<void> {
  await context.fail();
  const { format, body } = new Fixtures(context.capabilities).manifest({ name: "lost" });
  const what = "an apply that the failing system cannot vouch for";
  await assertRejects(context.backend.apply(format, body), "unavailable", what);
}
