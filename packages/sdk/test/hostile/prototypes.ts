/** Notices what a reader does to the objects that every program shares. */

const shared: readonly object[] = [
  ...[Object, Array, Map, Set, WeakMap, String, Number, Boolean, Function, Error, RegExp, Promise],
  ...[Uint8Array, ArrayBuffer, BigInt, Symbol, JSON, Math, Reflect, globalThis],
].flatMap((owner) =>
  "prototype" in owner && typeof owner.prototype === "object" && owner.prototype !== null
    ? [owner, owner.prototype]
    : [owner],
);

type Fingerprint = readonly (readonly [PropertyKey, PropertyDescriptor])[];

function fingerprint(owner: object): Fingerprint {
  // What vitest counts on globalThis and the lazy globals of Node change by themselves.
  if (owner === globalThis) return [];
  return Reflect.ownKeys(owner).map((key) => [
    key,
    Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor,
  ]);
}

/** What the shared objects are like now; `changed` compares. */
export class PrototypeGuard {
  readonly #before: readonly Fingerprint[] = shared.map(fingerprint);
  readonly #keyCount: number = countKeys();

  /** Whether a key has come or gone: cheap enough to ask after every input. */
  hasNewKey(): boolean {
    return countKeys() !== this.#keyCount;
  }

  /** The names of what is not as it was. */
  changed(): string[] {
    return shared.flatMap((owner, at) => {
      const before = this.#before[at] ?? [];
      const after = fingerprint(owner);
      if (after.length !== before.length) return [`shared object ${at} has other keys`];
      return after.flatMap(([key, descriptor], index) => {
        const [, was] = before[index] ?? [];
        const isSame = Object.is(was?.value, descriptor.value) && was?.get === descriptor.get;
        return isSame ? [] : [`shared object ${at}: ${String(key)}`];
      });
    });
  }
}

const probed = [Object.prototype, Array.prototype, Map.prototype, Function.prototype] as const;

function countKeys(): number {
  let count = 0;
  for (const prototype of probed) count += Object.getOwnPropertyNames(prototype).length;
  return count;
}
