/** What is written: envelopes of 256 bytes, each with a name of its own. */

import { encodeEnvelope, type ResourceRef } from "@engenho/sdk";

const size = 256;

export interface Body {
  readonly ref: ResourceRef;
  readonly bytes: Uint8Array;
}

let next = 0;

/** Bodies that nobody was given before, or that have the names of others but other bytes. */
export function freshBodies(count: number): readonly Body[] {
  return Array.from({ length: count }, () => body(next++));
}

function body(number: number): Body {
  const ref = { kind: "Pod", name: `pod-${number}`, namespace: "default" };
  const empty = encodeEnvelope({ ref, format: "yaml", payload: new Uint8Array(100) });
  const payload = new TextEncoder().encode(
    `${number}`.padStart(size - empty.length + 100, "# a comment of some length "),
  );
  return { ref, bytes: encodeEnvelope({ ref, format: "yaml", payload }) };
}
