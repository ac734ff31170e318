/** Finds where something begins not to hold any more, looking at few of the items. */

/** How many items it holds for, where it holds for none behind the first for which it does not. */
export function prefixLength<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
