/** A made manifest as it stands in a snapshot. */

import { encodeEnvelope, type SnapshotEntry } from "@engenho/sdk";
import type { Manifest } from "./fixtures.ts";

/** The entry that a snapshot holds once this manifest was applied. */
export function snapshotEntry({ ref, format, body }: Manifest): SnapshotEntry {
  return {
    ref,
    envelope: format === "native" ? body : encodeEnvelope({ ref, format, payload: body }),
  };
}
