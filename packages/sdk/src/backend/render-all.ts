/** Renders what a list holds without keeping everybody else waiting. */

import {
  BackendError,
  type ReadOptions,
  type Resource,
  type ResourceFormat,
} from "../contract/index.ts";
import type { Entry } from "./entry.ts";
import type { Renderer } from "./render.ts";
import { Slices } from "./slices.ts";

/**
 * The entries in this format, each in its own if it has no rendering in it. Translating a thousand takes
 * most of a second; the entries never change, so the list is of one point in time all the same.
 *
 * @throws BackendError `aborted` once the signal is.
 */
export async function renderAll(
  entries: readonly Entry[],
  format: ResourceFormat,
  renderer: Renderer,
  { signal }: ReadOptions,
): Promise<Resource[]> {
  const items: Resource[] = [];
  const slices = new Slices();
  for (const entry of entries) {
    items.push(renderer.leniently(entry, format));
    if (!renderer.translates(entry, format) || !slices.isOver) continue;
    await slices.pause();
    if (signal?.aborted === true) {
      throw new BackendError("aborted", "the caller's signal was aborted", {
        cause: signal.reason,
      });
    }
  }
  return items;
}
