/** The resources and snapshots that the Rust program and the SDK write for each other. */

import type { ResourceRef } from "@engenho/sdk";
import type { StoredPayload } from "./stored-bytes.ts";

/** One resource, with or without a label of what its payload is written in. */
export interface WireCase {
  readonly id: string;
  readonly ref: ResourceRef;
  readonly format?: string;
  readonly payload: StoredPayload;
}

/** Which resources a snapshot has: cases by id, or so many that are alike. */
export type SnapshotContent = readonly string[] | { readonly bulk: number };

/** A snapshot of some of the resources. */
export interface SnapshotCase {
  readonly id: string;
  readonly content: SnapshotContent;
}

/** What a field of a reference may be, by what is special about it. */
const texts: Readonly<Record<string, string>> = {
  plain: "web",
  "of 23 bytes": "a".repeat(23),
  "of 24 bytes": "a".repeat(24),
  "of 253 code points": "n".repeat(253),
  "of 253 emoji": "😀".repeat(253),
  "of 255 bytes": `${"é".repeat(127)}a`,
  "of 256 bytes": "é".repeat(128),
  "in upper case": "WEB",
  "with a slash": "a/b",
  "with an escaped slash": "a%2Fb",
  "with a backslash": "a\\b",
  "with dots": "a..b.",
  "of one dot": ".",
  "like cluster scope": "_cluster",
  "like a file of the store": "_meta.json",
  "like a prototype": "__proto__",
  "like a device": "CON",
  composed: "caf\u00e9",
  decomposed: "cafe\u0301",
  "with joined emoji": "👩‍👩‍👧‍👦",
  "beyond the first plane": "\u{1f600}",
  "at the end of the first plane": "\uff5e",
  "of the last code point": "\u{10ffff}",
  "of a noncharacter": "\ufffe",
  "with a byte order mark": "\ufeffweb",
  "with control characters": "\u0001\t\n\r\u001f\u007f\u0085",
  "with directions": "\u202eweb\u2066",
  "with line separators": "\u2028\u2029",
  "with quotes": "\"'`",
  "of a space": " ",
};

const payloads: Readonly<Record<string, StoredPayload>> = {
  empty: { text: "" },
  "one zero": { hex: "00" },
  "the byte 23": { hex: "17" },
  "the byte 24": { hex: "18" },
  "the byte 255": { hex: "ff" },
  "every byte": { length: 256, first: 0, step: 1 },
  "every byte, backwards": { length: 256, first: 255, step: 255 },
  "23 bytes": { length: 23, first: 7, step: 5 },
  "24 bytes": { length: 24, first: 7, step: 5 },
  "255 bytes": { length: 255, first: 250, step: 3 },
  "256 zeros": { length: 256, first: 0, step: 0 },
  "257 bytes of 255": { length: 257, first: 255, step: 0 },
  "4,095 bytes": { length: 4095, first: 1, step: 7 },
  "4,096 bytes": { length: 4096, first: 1, step: 7 },
  "4,097 bytes": { length: 4097, first: 1, step: 7 },
  "65,535 bytes": { length: 65_535, first: 3, step: 11 },
  "65,536 bytes": { length: 65_536, first: 3, step: 11 },
  "1 MiB": { length: 1_048_576, first: 9, step: 13 },
  "a YAML manifest": { text: "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n" },
  "a JSON manifest": { text: '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"}}' },
  "text with every kind of line end": { text: "\ufeffa\r\nb\rc\u2028d\n" },
  "no UTF-8": { hex: "c328a0ffedbfbf" },
  "an envelope": { hex: "a263726566a0677061796c6f616440" },
};

const formats = ["yaml", "json", "hcl", "native", "x-ünïcødé", ""];

const small: StoredPayload = { text: "kind: Pod\n" };

/** Every resource. No two have the same reference. */
export const wireCases: readonly WireCase[] = [
  ...Object.entries(texts).flatMap(([about, text]): WireCase[] => [
    {
      id: `a name ${about}`,
      ref: { kind: "Pod", name: text, namespace: "default" },
      payload: small,
    },
    {
      id: `a namespace ${about}`,
      ref: { kind: "Pod", name: "x", namespace: text },
      payload: small,
    },
    { id: `a kind ${about}`, ref: { kind: text, name: "x" }, payload: small },
  ]),
  ...Object.entries(payloads).map(([about, payload], index) => ({
    id: `a payload: ${about}`,
    ref: { kind: "ConfigMap", name: `payload-${index}`, namespace: "default" },
    payload,
  })),
  ...Object.entries(payloads).map(([about, payload], index) => ({
    id: `a labelled payload: ${about}`,
    ref: { kind: "ConfigMap", name: `labelled-${index}` },
    format: "yaml",
    payload,
  })),
  ...formats.map((format, index) => ({
    id: `the label "${format}"`,
    ref: { kind: "Secret", name: `label-${index}`, namespace: "default" },
    format,
    payload: small,
  })),
];

const everySmall = wireCases.filter(
  ({ payload }) => !("length" in payload) || payload.length < 1000,
);
const ids = (cases: readonly WireCase[]): readonly string[] => cases.map(({ id }) => id);

/** Every snapshot. */
export const snapshotCases: readonly SnapshotCase[] = [
  { id: "of nothing", content: [] },
  { id: "of one resource", content: ["a name plain"] },
  { id: "of one cluster-scoped resource", content: ["a kind plain"] },
  { id: "of an empty payload", content: ["a payload: empty"] },
  { id: "of a large payload", content: ["a labelled payload: 65,536 bytes"] },
  { id: "of 23 resources", content: ids(everySmall.slice(0, 23)) },
  { id: "of 24 resources", content: ids(everySmall.slice(0, 24)) },
  { id: "of every small case", content: ids(everySmall) },
  { id: "of 255 resources", content: { bulk: 255 } },
  { id: "of 256 resources", content: { bulk: 256 } },
  { id: "of 1,000 resources", content: { bulk: 1000 } },
];

/** The resources that a snapshot has. */
export function contentOf(
  content: SnapshotContent,
  cases: readonly WireCase[],
): readonly WireCase[] {
  if ("bulk" in content) return Array.from({ length: content.bulk }, (_, index) => bulkCase(index));
  return content.map((id) => {
    const found = cases.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no case is called "${id}"`);
    return found;
  });
}

function bulkCase(index: number): WireCase {
  const name = `pod-${index}`;
  const ref = { kind: "Pod", name, namespace: `bulk-${index % 7}` };
  return { id: name, ref, payload: { text: `kind: Pod\nmetadata: {name: ${name}}\n` } };
}
