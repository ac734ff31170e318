/** Where a resource lies in the tree: reference ⇄ `{kind}/{namespace|_cluster}/{name}.envelope`, pure. */

import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { DamagedEntry, ResourceRef } from "@engenho/sdk";

/** The ending of every file that holds a resource. */
export const envelopeExtension = ".envelope";

/** Stands where the namespace would, for resources without one. */
const clusterDirectory = "_cluster";

/** The bytes that Linux and its common filesystems allow in one path segment. */
const segmentLimit = 255;

/**
 * Where this release writes a resource, relative to the root, with `/` between the segments. No two
 * references share a path, and every segment is ASCII, so that filesystems that normalise Unicode
 * keep them apart too.
 *
 * @example
 * storePath({ kind: "Pod", name: "nginx", namespace: "default" }); // "Pod/default/nginx.envelope"
 * storePath({ kind: "Pod", name: "a/b" }); // "Pod/_cluster/a%2Fb.envelope"
 */
export function storePath(ref: ResourceRef): string {
  const name = encodeSegment(ref.name, segmentLimit - envelopeExtension.length);
  return `${storeDirectory(ref)}/${name}${envelopeExtension}`;
}

function storeDirectory({ kind, namespace }: ResourceRef): string {
  if (kind !== latest.kind || namespace !== latest.namespace) {
    const last = namespace === undefined ? clusterDirectory : encodeSegment(namespace);
    latest = { kind, namespace, directory: `${encodeSegment(kind)}/${last}` };
  }
  return latest.directory;
}

/** The directory that was asked for last: whole stores are gone through one after another. */
let latest: { kind: string; namespace: string | undefined; directory: string } = {
  kind: "",
  namespace: undefined,
  directory: "",
};

/**
 * The directories and files that a reference may lie in by any layout that was ever written: this
 * release's, and the one that puts names on disk as they are (a `/` in a name makes directories,
 * an empty namespace vanishes).
 */
export function possiblePaths(ref: ResourceRef): readonly string[] {
  const verbatim = `${ref.kind}/${ref.namespace ?? clusterDirectory}/${ref.name}${envelopeExtension}`;
  return [storePath(ref), posix.normalize(verbatim)];
}

/** Whether a file that cannot be read may hold this reference: it lies where that would, and its path does not say another. */
export function mayHold(path: string, ref: ResourceRef): boolean {
  return possiblePaths(ref).includes(path) && !contradicts(knownReference(path), ref);
}

/** Whether it can hold no other: this release would put no other there, or the path says all of it. */
export function isPlaceOf(path: string, ref: ResourceRef): boolean {
  if (path === storePath(ref)) return true;
  const known = knownReference(path);
  return Object.keys(known).length === 3 && !contradicts(known, ref);
}

function contradicts(known: DamagedEntry["known"], ref: ResourceRef): boolean {
  const { kind = ref.kind, name = ref.name, namespace = ref.namespace ?? null } = known;
  return kind !== ref.kind || name !== ref.name || namespace !== (ref.namespace ?? null);
}

/**
 * What a path alone says of the reference that it holds; what it leaves open is left out. Below a
 * namespace, deeper directories are slashes in a name: those in a namespace are no less possible, and
 * nobody has them.
 */
export function knownReference(path: string): DamagedEntry["known"] {
  const [kind, namespace, ...rest] = path.slice(0, -envelopeExtension.length).split("/");
  if (kind === undefined || namespace === undefined) return {};
  if (rest.length === 0) return { kind: unambiguousText(kind) };
  const known: { kind?: string; namespace?: string | null; name?: string } = {};
  const kindText = unambiguousText(kind);
  const namespaceText = namespace === clusterDirectory ? null : unambiguousText(namespace);
  const names = rest.map(unambiguousText);
  const nameText = names.includes(undefined) ? undefined : names.join("/");
  if (kindText !== undefined) known.kind = kindText;
  if (namespaceText !== undefined) known.namespace = namespaceText;
  if (nameText !== undefined) known.name = nameText;
  return known;
}

/** What the path of a directory says of all that lies below it. */
export function knownBelow(directory: string): DamagedEntry["known"] {
  const { name: _, ...known } = knownReference(`${directory}/any${envelopeExtension}`);
  return known;
}

const plainText = /^[A-Za-z0-9][A-Za-z0-9._:@-]*$/;

/**
 * One field of a reference as a path segment: as it is where that is plain, otherwise with every
 * other UTF-8 byte (`%` too, `_` `.` `-` `:` `@` in front, `.` at the end) as `%XX`. A segment over
 * `limit` bytes becomes `%-` and its SHA-256 in hex, which no encoding looks like.
 *
 * @param text Well-formed Unicode, not empty.
 */
export function encodeSegment(text: string, limit: number = segmentLimit): string {
  const encoded = plainText.test(text) && !text.endsWith(".") ? text : percentEncode(text);
  if (encoded.length <= limit) return encoded;
  return `%-${createHash("sha256").update(text, "utf8").digest("hex")}`;
}

function percentEncode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let encoded = "";
  for (const [index, byte] of bytes.entries()) {
    const character = String.fromCharCode(byte);
    const kept =
      index === 0
        ? /[A-Za-z0-9]/
        : index === bytes.length - 1
          ? /[A-Za-z0-9_:@-]/
          : /[A-Za-z0-9._:@-]/;
    encoded += kept.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The text that a segment holds; undefined if it is a hash or nothing that `encodeSegment` makes. */
export function decodeSegment(segment: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    return undefined;
  }
  return text !== "" && encodeSegment(text) === segment ? text : undefined;
}

/** The text that a segment holds by every layout, if they agree. */
function unambiguousText(segment: string): string | undefined {
  if (segment.startsWith("%-")) return undefined;
  const text = decodeSegment(segment);
  return text === undefined || text === segment ? segment : undefined;
}
