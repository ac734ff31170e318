/** Lets everything else that is ready go on. */

/** Resolves in the next turn of the event loop, when what the system has answered was handed out. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
