/** What a store holds: resources, their references, formats and versions. */

/**
 * The address of one resource. Without a namespace it is cluster-scoped.
 *
 * @example
 * const ref: ResourceRef = { kind: "Pod", name: "nginx", namespace: "default" };
 */
export interface ResourceRef {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What a body is written in. Adapters may add formats of their own, hence the open string. */
export type ResourceFormat = "yaml" | "json" | "hcl" | "native" | (string & {});

declare const revisionBrand: unique symbol;
declare const cursorBrand: unique symbol;

/**
 * Versions one resource: new on every change, never used twice, compared for equality only.
 * The text means nothing outside the store that made it.
 */
export type Revision = string & { readonly [revisionBrand]: true };

/**
 * Names a point in a store's sequence of changes. Lists and watch events carry one; only
 * {@link WatchOptions.since} takes one.
 */
export type Cursor = string & { readonly [cursorBrand]: true };

/** One resource as a reader gets it. The bytes belong to the reader. */
export interface Resource {
  readonly ref: ResourceRef;
  readonly body: Uint8Array;
  /** What {@link body} is written in: the format asked for, or in lists and watches the one it has. */
  readonly format: ResourceFormat;
  readonly revision: Revision;
}

/** The resources of one kind at one point in time, ordered by namespace (none first), then name. */
export interface ResourceList {
  readonly items: readonly Resource[];
  /** The point in time that the list shows; `watch({since})` continues from it. */
  readonly cursor: Cursor;
}

/** What an apply did. `unchanged` means that the same bytes were there already: no event, same revision. */
export interface ApplyResult {
  readonly ref: ResourceRef;
  readonly operation: "created" | "replaced" | "unchanged";
  readonly revision: Revision;
}
