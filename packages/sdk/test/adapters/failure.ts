/** The error of a call that must fail, for tests that look at what it says. */

import { BackendError } from "../../src/contract/index.ts";

/** What the call throws, which must be a BackendError: nothing else leaves an adapter. */
export function failure(call: () => unknown): BackendError {
  try {
    call();
  } catch (error) {
    if (BackendError.is(error)) return error;
    throw error;
  }
  throw new Error("the call did not fail");
}
