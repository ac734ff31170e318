/** How a check says that it cannot be made here. */

/** Thrown by `context.skip`; passes through the wrappers of property tests as a cause. */
export class SkipSignal extends Error {
  override readonly name = "SkipSignal";
}

/** Whether an error is a skip, or was caused by one. */
export function isSkip(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof SkipSignal) return true;
    current = current.cause;
  }
  return false;
}
