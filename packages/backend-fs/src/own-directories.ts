/** The directories of a root that are the store's own, and what a path among its resources looks like. */

import { envelopeExtension } from "./layout.ts";

/** Holds files under construction; emptied when the root is opened. */
export const temporaryDirectory = "_tmp";

/** Holds a restore under way: `{number}` the new files, `intent.json` once it is decided. */
export const restoreDirectory = "_restore";

/** Holds the segments of the journal, `1`, `2` and so on; gone once all files are written. */
export const journalDirectory = "_journal";

const ownDirectories: ReadonlySet<string> = new Set([
  temporaryDirectory,
  restoreDirectory,
  journalDirectory,
]);

/** Whether a path that was read from somewhere stays inside the tree and among its resources. */
export function isTreePath(path: unknown): path is string {
  if (typeof path !== "string" || path.includes("\0") || !path.endsWith(envelopeExtension))
    return false;
  const segments = path.split("/");
  const isOurOwn = ownDirectories.has(segments[0] ?? "");
  return !isOurOwn && segments.every((segment) => !["", ".", ".."].includes(segment));
}
