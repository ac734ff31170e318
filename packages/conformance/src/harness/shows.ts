/** What a backend shows of others' writes, in its own time. */

import { AssertionError } from "node:assert";
import type { StoreBackend } from "@engenho/sdk";
import { rejection } from "./assertions.ts";
import { patienceMs } from "./patience.ts";

/** Asserts what must hold at once where reads are linearizable, and soon where they are not. */
export async function shows(
  { capabilities }: StoreBackend,
  assertion: () => Promise<void>,
): Promise<void> {
  const end = performance.now() + (capabilities.reads === "linearizable" ? 0 : patienceMs());
  for (;;) {
    const failure = await rejection(assertion());
    if (failure === undefined) return;
    if (!(failure.value instanceof AssertionError) || performance.now() >= end) throw failure.value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
