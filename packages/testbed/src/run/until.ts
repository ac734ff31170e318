/** Waits for something to become so. */

import { setTimeout as sleep } from "node:timers/promises";

/**
 * The first result of `look` that is not undefined, asked again every 25 ms.
 *
 * @param what As a function: asked when the time is up, to say what is missing.
 * @throws Error After `timeoutMs`, saying what was waited for.
 */
export async function until<Result>(
  what: string | (() => string),
  look: () => Promise<Result | undefined>,
  timeoutMs = 30_000,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() > deadline) {
      const awaited = typeof what === "string" ? what : what();
      throw new Error(`waited ${timeoutMs} ms for ${awaited}`);
    }
    await sleep(25);
  }
}
