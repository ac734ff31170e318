/** Waits for the files behind a journal. */

import { setTimeout as delay } from "node:timers/promises";
import type { StoreBackend } from "@engenho/sdk";

/** Resolves when every write has its file; at once without a journal. */
export async function whenFilesAreWritten(store: StoreBackend): Promise<void> {
  const pending = (): number => (store.diagnostics()["journal"] as Journal | null)?.pending ?? 0;
  while (pending() > 0) await delay(20);
}

interface Journal {
  readonly pending: number;
}
