/** Another handle of a store as somebody who writes behind the first one's back. */

import { decodeEnvelope, type StoreBackend } from "@engenho/sdk";
import type { OutsideWriter } from "./subject.ts";

/** Writes what an envelope has, in a format that the handle takes. */
export function throughHandle(other: StoreBackend): OutsideWriter {
  return {
    put: async (envelope) => {
      const { format = "native", payload } = decodeEnvelope(envelope);
      const isLabelled = format !== "native" && !other.capabilities.formats.includes("native");
      await (isLabelled ? other.apply(format, payload) : other.apply("native", envelope));
    },
    remove: (ref) => other.delete(ref),
  };
}
