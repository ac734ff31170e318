/** The first look at a subject: what its backend is called and what it claims. */

import type { Capabilities } from "@engenho/sdk";
import { cannotJudge } from "./cannot-judge.ts";
import { CannotRunError } from "./cannot-run-error.ts";
import { capabilitiesFault } from "./capabilities-fault.ts";
import type { CheckSettings } from "./check-settings.ts";
import { formatDuration, settleWithin, timedOut } from "./deadline.ts";
import { errorLine } from "./error-line.ts";
import { OpenStores } from "./open-stores.ts";
import type { Subject } from "./subject.ts";

/** A subject that opens, and what its backend says of itself. */
export interface PreparedSubject {
  readonly subject: Subject;
  /** The backend's name. */
  readonly backend: string;
  readonly capabilities: Capabilities;
}

/**
 * Opens the subject once and closes it again. Throws a CannotRunError if it does not open, or what
 * it opens makes no claims. How it closes is left to the requirements.
 */
export async function prepareSubject(
  subject: Subject,
  { seed, timeoutMs }: CheckSettings,
): Promise<PreparedSubject> {
  const stores = new OpenStores(subject, seed);
  try {
    const instance = await settleWithin(stores.openFresh(), timeoutMs);
    if (instance === timedOut) {
      throw new CannotRunError(`open() did not settle within ${formatDuration(timeoutMs)}`);
    }
    const { name, capabilities } = instance.backend;
    const fault = capabilitiesFault(capabilities);
    const why = fault ?? cannotJudge(capabilities);
    if (why !== undefined) throw new CannotRunError(why);
    return { subject, backend: name, capabilities: structuredClone(capabilities) };
  } catch (error) {
    const reason =
      error instanceof CannotRunError ? error.message : `open() failed: ${errorLine(error)}`;
    throw new CannotRunError(`${subject.name}: ${stores.withoutPaths(reason)}`, { cause: error });
  } finally {
    await stores.close(timeoutMs);
    await stores.remove();
  }
}
