/** Gives each requirement a seed of its own, whatever else runs beside it. */

/** A seed between 0 and 2^31 - 1 that depends on the run's seed and the requirement's id only (FNV-1a). */
export function deriveSeed(runSeed: number, id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${runSeed}:${id}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // FNV-1a leaves the last bytes in the low bits; one more mix spreads them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) & 0x7fffffff;
}

/** A seed for a run that was given none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 0x7fffffff);
}
