/** The error of a run that cannot begin: nothing was judged. */

/** Why nothing could be judged, in one line: the subject does not open, no requirement was selected. */
export class CannotRunError extends Error {
  /** Tells it from errors of a subject. */
  override readonly name = "CannotRunError";
}
