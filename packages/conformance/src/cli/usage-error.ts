/** The error of a command line that cannot be read. */

/** What is wrong with the arguments, in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
