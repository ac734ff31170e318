/** What the reader of a watch was told, beside the history of those who wrote meanwhile. */

/** A resource as a reader knows it. */
export interface ShownResource {
  /** As the history calls it. */
  readonly resource: string;
  /** What it holds: whatever tells one body from another, as in the history. */
  readonly body: string;
  /** Its revision: of this resource no other state has it, and a change of another one may. */
  readonly revision: string;
}

/** What tells one state of one resource from every other. */
export function versionOf({
  resource,
  revision,
}: Pick<ShownResource, "resource" | "revision">): string {
  return JSON.stringify([resource, revision]);
}

/** One event, and when it was read. */
export type ObservedEvent =
  | (ShownResource & {
      /** As the watch said; `deleted` has the last body and revision. */
      readonly type: "added" | "modified" | "deleted";
      /** The event's; left out, nothing is said about bookmarks. */
      readonly cursor?: string | undefined;
      /** When it was read: a position among the calls and returns of the history. */
      readonly at: number;
    })
  | {
      /** Up to its cursor all was told; the first one ends a replay. */
      readonly type: "bookmark";
      /** The bookmark's. */
      readonly cursor?: string | undefined;
      /** When it was read. */
      readonly at: number;
    }
  | {
      /** The reader has forgotten what it knew, and a replay follows. */
      readonly type: "reset";
      /** When it was read. */
      readonly at: number;
    };

/** An event about a resource. */
export type ObservedChange = Extract<ObservedEvent, { readonly resource: string }>;

/** A watch and its reader. One that was opened again since the last cursor it had read goes on in the same list. */
export interface ObservedWatch {
  /** For messages. */
  readonly name: string;
  /** In the order in which they were read. */
  readonly events: readonly ObservedEvent[];
  /**
   * What the reader knew before the first event, and since when, where no replay comes first: of a watch that was opened since
   * a cursor. Default: nothing is known, and a replay comes.
   */
  readonly knew?:
    | {
        /** Since when: a position in the history. */
        readonly at: number;
        /** All that it knew to be there. */
        readonly resources: readonly ShownResource[];
      }
    | undefined;
  /** Whether it is about a resource. Default: it is about all. */
  readonly concerns?: ((resource: string) => boolean) | undefined;
  /**
   * What was there when nobody wrote any more, where the watch was read until then. Default: what is missing in the end may
   * yet come.
   */
  readonly final?: readonly ShownResource[] | undefined;
}
