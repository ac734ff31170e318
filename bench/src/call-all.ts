/** Clients at once, none of which has more than one call under way. */

/** Has so many clients call, each with the next item when its last call is answered. */
export async function callAll<T>(
  items: Iterable<T>,
  clients: number,
  call: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = Iterator.from(items);
  const client = async (): Promise<void> => {
    for (const each of left) await call(each);
  };
  await Promise.all(Array.from({ length: clients }, client));
}
