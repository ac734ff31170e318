/** The mirror against a model: a Map, sorted whenever it is asked. */

import { compareReferences, type ResourceRef, type Revision } from "@engenho/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Entry } from "../../src/backend/entry.ts";
import { Mirror } from "../../src/backend/mirror.ts";

let written = 0;

function entryOf(ref: ResourceRef): Entry {
  const revision = String(++written) as Revision;
  return {
    ref,
    envelope: new Uint8Array(),
    format: undefined,
    payloadStart: -1,
    payloadLength: 0,
    revision,
  };
}

const keyOf = ({ kind, namespace, name }: ResourceRef): string =>
  JSON.stringify([kind, namespace, name]);

const references: fc.Arbitrary<ResourceRef> = fc
  .tuple(
    fc.constantFrom("Job", "Pod"),
    fc.constantFrom(undefined, "a", "b"),
    fc.constantFrom("a", "ab", "b", "\u{1f600}", "\uff5e"),
  )
  .map(([kind, namespace, name]) =>
    namespace === undefined ? { kind, name } : { kind, name, namespace },
  );

const steps = fc.oneof(
  fc.record({ does: fc.constant("set" as const), ref: references }),
  fc.record({ does: fc.constant("delete" as const), ref: references }),
  fc.record({
    does: fc.constant("replace" as const),
    refs: fc.array(references, { maxLength: 12 }),
    inOrder: fc.boolean(),
  }),
  fc.record({ does: fc.constant("get" as const), ref: references }),
  fc.record({ does: fc.constant("list" as const), ref: references }),
);

test("holds what it was given, in order, whatever is asked in between, and lists never change", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 25 }), (program) => {
      const mirror = new Mirror();
      const model = new Map<string, Entry>();
      const inOrder = (): Entry[] =>
        [...model.values()].sort((a, b) => compareReferences(a.ref, b.ref));
      const gotten: unknown[] = [];
      const wanted: unknown[] = [];
      for (const step of program) {
        if (step.does === "set") {
          const entry = entryOf(step.ref);
          mirror.set(entry);
          model.set(keyOf(step.ref), entry);
        } else if (step.does === "delete") {
          mirror.delete(step.ref);
          model.delete(keyOf(step.ref));
        } else if (step.does === "replace") {
          const entries = step.refs.map(entryOf);
          if (step.inOrder) entries.sort((a, b) => compareReferences(a.ref, b.ref));
          mirror.replaceAll(entries);
          model.clear();
          for (const entry of entries) model.set(keyOf(entry.ref), entry);
        } else if (step.does === "get") {
          gotten.push(mirror.get(step.ref));
          wanted.push(model.get(keyOf(step.ref)));
        } else {
          const { kind, namespace } = step.ref;
          const isListed = ({ ref }: Entry): boolean =>
            ref.kind === kind && (namespace === undefined || ref.namespace === namespace);
          // Compared at the end: what was listed must not have changed since.
          gotten.push(mirror.list(kind, namespace));
          wanted.push(inOrder().filter(isListed));
        }
        gotten.push(mirror.size);
        wanted.push(model.size);
      }
      expect([...gotten, mirror.all()]).toEqual([...wanted, inOrder()]);
    }),
    { numRuns: 500 },
  );
});
