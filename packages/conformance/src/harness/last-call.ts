/** The call that began last, where another thread can read it while this one is held. */

import { currentScope } from "./requirement-scope.ts";

const capacity = 64;
const encoder = new TextEncoder();

/** `CORE-044 apply` in UTF-8, with NULs behind it; empty before the first call. In shared memory. */
export const lastCall: Uint8Array = new Uint8Array(new SharedArrayBuffer(capacity));

/** Notes that a verb has been called, in the requirement that is checked. */
export function noteLastCall(verb: string): void {
  const { written } = encoder.encodeInto(`${currentScope()?.id ?? ""} ${verb}`.trim(), lastCall);
  lastCall.fill(0, written);
}
