/**
 * Where a store lies in etcd. Below its prefix `P` there is one key that points to the generation that counts, and the
 * generations, each a whole store:
 *
 *     P/:current                        the id of a generation
 *     P/:g/<id>/Deployment/shop/web     a resource
 *     P/:g/<id>/ClusterRole//admin      one without a namespace
 *     P/:recalled/<id>                  a write that must not happen any more
 *
 * Ids sort by age: the keys from the pointer to the end of the generation that counts have nothing of a newer one, which is
 * being written. So one watch is told, in order, whatever changes the store.
 *
 * No segment of a prefix begins with a colon, so that no two prefixes meet, be one the beginning of the other.
 */

import { BackendError, type ResourceRef } from "@engenho/sdk";
import type { OperationId } from "./stored-value.ts";

/** Keys from `key` up to before `rangeEnd`. */
export interface KeyRange {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** The keys of one store. */
export interface Layout {
  /** All of them. */
  readonly all: KeyRange;
  /** The pointer. */
  readonly pointer: Uint8Array;
  /** Of all recalls. */
  readonly recalls: KeyRange;
  /** What recalls a write. */
  recalled(operation: OperationId): Uint8Array;
  /** All generations that are older than this one, and others that were begun when it was: they count no more, or never will. */
  replacedBy(generation: string): readonly KeyRange[];
  /** What one watches who follows a generation: it, the pointer, and what is left of older ones. */
  watched(generation: string): KeyRange;
  /** The resources of a generation. */
  generation(id: string): KeyRange;
  /** One resource. */
  resource(generation: string, ref: ResourceRef): Uint8Array;
  /** The resource of a generation that has this key; undefined for a key that is none. */
  referenceOf(generation: string, key: Uint8Array): ResourceRef | undefined;
}

const prefixPattern = /^\/?[\w.-]+(?:\/[\w.-]+)*$/;
const LONGEST_PREFIX = 200;

/** @throws BackendError `invalid_reference` with field `prefix`. */
export function layoutOf(prefix: string): Layout {
  const hasDots = prefix.split("/").some((segment) => segment === "." || segment === "..");
  if (!prefixPattern.test(prefix) || hasDots || prefix.length > LONGEST_PREFIX) {
    throw new BackendError(
      "invalid_reference",
      `the prefix must be segments of letters, digits, "_", "." and "-" with "/" between them, ${LONGEST_PREFIX} characters at most`,
      { field: "prefix" },
    );
  }
  const generations = `${prefix}/:g/`;
  const start = (generation: string): string => `${generations}${generation}/`;
  const pointer = utf8(`${prefix}/:current`);
  const recalls = `${prefix}/:recalled/`;
  return {
    all: { key: utf8(`${prefix}/:`), rangeEnd: utf8(`${prefix}/;`) },
    pointer,
    recalls: { key: utf8(recalls), rangeEnd: after(recalls) },
    recalled: (operation) => utf8(recalls + Buffer.from(operation).toString("hex")),
    replacedBy: (generation) => [
      { key: utf8(generations), rangeEnd: utf8(start(generation)) },
      { key: after(start(generation)), rangeEnd: utf8(`${generations}${ageOf(generation)}.`) },
    ],
    watched: (generation) => ({ key: pointer, rangeEnd: after(start(generation)) }),
    generation: (id) => ({ key: utf8(start(id)), rangeEnd: after(start(id)) }),
    resource: (generation, ref) => utf8(start(generation) + pathOf(ref)),
    referenceOf(generation, key) {
      const text = textOf(key);
      const before = start(generation);
      return text?.startsWith(before) ? referenceAt(text.slice(before.length)) : undefined;
    },
  };
}

/** What an id begins with, up to a hyphen; the character after that is a full stop. */
function ageOf(generation: string): string {
  return generation.slice(0, generation.indexOf("-"));
}

/** No reference has an empty namespace: nothing between two slashes is no namespace. */
function pathOf({ kind, namespace = "", name }: ResourceRef): string {
  return `${encodeURIComponent(kind)}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}

/** Undefined for what {@link pathOf} does not write. */
function referenceAt(path: string): ResourceRef | undefined {
  let parts: readonly string[];
  try {
    parts = path.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [kind = "", namespace = "", name = "", ...more] = parts;
  if (kind === "" || name === "" || more.length > 0) return undefined;
  const ref = namespace === "" ? { kind, name } : { kind, namespace, name };
  return pathOf(ref) === path ? ref : undefined;
}

/** The first key that does not begin like this; the last character is a slash. */
function after(start: string): Uint8Array {
  return utf8(`${start.slice(0, -1)}0`);
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** In memory of Node's pool, which a TextEncoder does not use. */
function utf8(value: string): Uint8Array {
  return Buffer.from(value);
}

function textOf(key: Uint8Array): string | undefined {
  try {
    return decoder.decode(key);
  } catch {
    return undefined;
  }
}
