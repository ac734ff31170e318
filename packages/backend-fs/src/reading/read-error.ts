/** What could not be read, as the error that it was where it was read. */

import { BackendError } from "@engenho/sdk";
import type { ReadProblem } from "./file-pack.ts";

/** Ours, or the operating system's with its code. */
export function readError({ errno, code, message }: ReadProblem): Error {
  if (code !== undefined) return new BackendError(code, message);
  return Object.assign(new Error(message), errno === undefined ? {} : { code: errno });
}
