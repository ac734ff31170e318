/** Envelopes and snapshots as trees, before anything is wrong with them. */

import {
  array,
  byteString,
  encodeItem,
  type Item,
  type ListItem,
  map,
  nothing,
  text,
} from "./cbor-item.ts";
import { secret } from "./flaw-of-error.ts";
import type { Random } from "./random.ts";

const encoder = new TextEncoder();
const kinds = ["Pod", "ConfigMap", "Secret", "Widget.example.com"] as const;
const names = ["web", "a/b", "__proto__", "constructor", "é", "😀", "x".repeat(40)] as const;

/** The parts of a reference. */
interface Address {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
}

function randomAddress(random: Random): Address {
  const namespace = random.chance(0.3) ? null : random.pick(["shop", "_cluster", "__proto__"]);
  return { kind: random.pick(kinds), name: random.pick(names), namespace };
}

function referenceItem({ kind, name, namespace }: Address): ListItem {
  const entries = [text("kind"), text(kind), text("name"), text(name)];
  return map([...entries, text("namespace"), namespace === null ? nothing() : text(namespace)]);
}

/** An envelope, its payload a manifest of this reference or just bytes. */
export function envelopeItem(random: Random, address: Address = randomAddress(random)): ListItem {
  const entries: Item[] = [text("ref"), referenceItem(address)];
  if (random.chance(0.7)) entries.push(text("format"), text(random.pick(["yaml", "json", "x"])));
  return map([...entries, text("payload"), byteString(samplePayload(random, address))]);
}

function samplePayload(random: Random, { kind, name, namespace }: Address): Uint8Array {
  if (random.chance(0.2)) return random.bytes(random.below(60));
  const metadata = { name, ...(namespace === null ? {} : { namespace }) };
  return encoder.encode(
    JSON.stringify({ apiVersion: "v1", kind, metadata, data: { token: secret } }),
  );
}

/** A snapshot of up to six entries; now and then an inner reference is that of another entry. */
export function snapshotItem(random: Random): ListItem {
  const addresses = random.list(random.below(7), () => randomAddress(random));
  return array(
    addresses.map((address) => {
      const inner = random.chance(0.1) ? random.pick(addresses) : address;
      const envelope = byteString(encodeItem(envelopeItem(random, inner)));
      return array([referenceItem(address), envelope]);
    }),
  );
}
