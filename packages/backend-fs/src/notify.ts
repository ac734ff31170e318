/** Calls somebody else's function, which can do no harm. */

/**
 * Calls an observer with a value of its own, now. What it throws, and what a promise of its rejects with,
 * becomes a warning of the process.
 *
 * @param what The observer, for the warning: `onOpen of the store /srv/store`.
 */
export function notify<T>(what: string, observer: (value: T) => unknown, value: T): void {
  const warn = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`${what} failed: ${reason}`, "EngenhoWarning");
  };
  try {
    Promise.resolve(observer(structuredClone(value))).catch(warn);
  } catch (error) {
    warn(error);
  }
}
