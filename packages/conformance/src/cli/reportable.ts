/** Failures of reports, apart from those of what they report. */

import { CannotRunError } from "../harness/cannot-run-error.ts";
import { errorLine } from "../harness/error-line.ts";

/** What an operation on the report resolves to; its failure says that it was the report's. */
export async function reportable<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const reason = `the report cannot be written: ${errorLine(error)}`;
    throw new CannotRunError(reason, { cause: error });
  }
}
