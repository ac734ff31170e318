/** What is written: envelopes of 256 bytes, each with a name of its own. */

import { encodeEnvelope, type ResourceRef } from "@engenho/sdk";

const size = 256;

export interface Body {
  readonly ref: ResourceRef;
  readonly bytes: Uint8Array;
}

let next = 0;

/**
 * Bodies that nobody was given before, each a microsecond's work: some cases make them while they are measured.
 *
 * @param namespace Where they are: another one is another directory.
 */
export function freshBodies(count: number, namespace = "default"): readonly Body[] {
  return Array.from({ length: count }, () => body(next++, namespace));
}

/** A body, and where its number stands in it. */
interface Template {
  readonly bytes: Uint8Array;
  readonly places: readonly number[];
}

const digits = 8;
const templates = new Map<string, Template>();

function body(number: number, namespace: string): Body {
  const text = `${number}`.padStart(digits, "0");
  let template = templates.get(namespace);
  if (template === undefined) templates.set(namespace, (template = templateOf(namespace)));
  const bytes = template.bytes.slice();
  for (const place of template.places) {
    for (let at = 0; at < digits; at++) bytes[place + at] = text.charCodeAt(at);
  }
  return { ref: referenceOf(text, namespace), bytes };
}

function templateOf(namespace: string): Template {
  const number = "0".repeat(digits);
  const ref = referenceOf(number, namespace);
  const empty = encodeEnvelope({ ref, format: "yaml", payload: new Uint8Array(100) });
  const payload = new TextEncoder().encode(
    number.padStart(size - empty.length + 100, "# a comment of some length "),
  );
  const bytes = encodeEnvelope({ ref, format: "yaml", payload });
  const text = Buffer.from(bytes).toString("latin1");
  return { bytes, places: [...text.matchAll(new RegExp(number, "g"))].map(({ index }) => index) };
}

function referenceOf(number: string, namespace: string): ResourceRef {
  return { kind: "Pod", name: `pod-${number}`, namespace };
}
