/** What could not be read when the store was opened, and which verbs it concerns. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import type { DamagedEntry } from "./driver.ts";

/** The damaged entries of a store; a successful write or delete of what one covers takes it out. */
export class Damage {
  #entries: readonly DamagedEntry[] = [];

  get entries(): readonly DamagedEntry[] {
    return this.#entries;
  }

  /** Refuses a read that would include a damaged entry. */
  refuseReference(ref: ResourceRef): void {
    const damaged = this.#entries.find((entry) => covers(entry, ref));
    if (damaged !== undefined) throw corrupt(damaged);
  }

  /** Refuses a list of this kind and namespace (undefined: all), or of everything, if damage may be in it. */
  refuseList(kind?: string, namespace?: string): void {
    const damaged = this.#entries.find(
      ({ known }) =>
        (kind === undefined || known.kind === undefined || known.kind === kind) &&
        (namespace === undefined || known.namespace === undefined || known.namespace === namespace),
    );
    if (damaged !== undefined) throw corrupt(damaged);
  }

  covers(ref: ResourceRef): boolean {
    return this.#entries.some((entry) => covers(entry, ref));
  }

  /** The references of what is damaged, where they are known. */
  certainReferences(): ResourceRef[] {
    return this.#entries.flatMap(({ known: { kind, name, namespace } }) => {
      if (kind === undefined || name === undefined || namespace === undefined) return [];
      return [namespace === null ? { kind, name } : { kind, name, namespace }];
    });
  }

  /** Adds it in place of what was known of the same object. */
  add(entry: DamagedEntry): void {
    this.#entries = [...this.#entries.filter(({ where }) => where !== entry.where), entry];
  }

  /** Forgets what a write or delete of this reference has repaired. */
  repair(ref: ResourceRef): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter(
      (entry) => !(covers(entry, ref) && isRepairedBy(entry, ref)),
    );
  }

  /** Forgets what was damaged at this place. */
  mend(place: string): void {
    this.#entries = this.#entries.filter(({ where }) => where !== place);
  }

  replaceAll(entries: readonly DamagedEntry[]): void {
    this.#entries = entries;
  }
}

function covers({ known, mayBe }: DamagedEntry, ref: ResourceRef): boolean {
  return (
    (known.kind === undefined || known.kind === ref.kind) &&
    (known.name === undefined || known.name === ref.name) &&
    (known.namespace === undefined || known.namespace === (ref.namespace ?? null)) &&
    (mayBe === undefined || mayBe(ref))
  );
}

/** Whether a covered reference is the one that is damaged, rather than one that it might be. */
function isRepairedBy({ known, isPlaceOf }: DamagedEntry, ref: ResourceRef): boolean {
  if (isPlaceOf !== undefined) return isPlaceOf(ref);
  return known.kind !== undefined && known.name !== undefined && known.namespace !== undefined;
}

function corrupt({ where, reason }: DamagedEntry): BackendError {
  return new BackendError("corrupt", `${where} cannot be read: ${reason}`);
}
