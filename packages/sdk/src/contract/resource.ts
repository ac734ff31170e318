/** What a store holds: resources, their references, formats and versions. */

/**
 * The address of one resource. Without a namespace it is cluster-scoped.
 *
 * @example
 * const ref: ResourceRef = { kind: "Pod", name: "nginx", namespace: "default" };
 */
export interface ResourceRef {
  /** What the resource is: `Pod`; outside Kubernetes' own API groups `Kind.group`. 1 to 253 code points. */
  readonly kind: string;
  /** Unique within its kind and namespace. 1 to 253 code points. */
  readonly name: string;
  /** 1 to 253 code points. Left out, the resource is cluster-scoped. */
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
export type Revision = string & {
  /** Of the type alone: keeps other texts from being taken for revisions. */
  readonly [revisionBrand]: true;
};

/**
 * Names a point in a store's sequence of changes. Lists and watch events carry one; only
 * {@link WatchOptions.since} takes one.
 */
export type Cursor = string & {
  /** Of the type alone: keeps other texts from being taken for cursors. */
  readonly [cursorBrand]: true;
};

/** One resource as a reader gets it. The bytes belong to the reader. */
export interface Resource {
  /** Its full address. */
  readonly ref: ResourceRef;
  /** One manifest, in {@link format}. */
  readonly body: Uint8Array;
  /** What {@link body} is written in: the format asked for, or in lists and watches the one it has. */
  readonly format: ResourceFormat;
  /** The version that {@link body} shows: `ifRevision` takes it. */
  readonly revision: Revision;
}

/** The resources of one kind at one point in time, ordered by namespace (none first), then name. */
export interface ResourceList {
  /** In that order, each with a body of its own. */
  readonly items: readonly Resource[];
  /** The point in time that the list shows; `watch({since})` continues from it. */
  readonly cursor: Cursor;
}

/** What an apply did. */
export interface ApplyResult {
  /** The resource that the body declared. */
  readonly ref: ResourceRef;
  /** `unchanged` means that the same bytes were there already: no event, same revision. */
  readonly operation: "created" | "replaced" | "unchanged";
  /** The version that is stored now. */
  readonly revision: Revision;
}
