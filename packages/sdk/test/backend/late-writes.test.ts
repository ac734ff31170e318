/** What a write of unknown outcome may still replace. */

import { expect, test } from "vitest";
import { LateWrites } from "../../src/backend/late-writes.ts";
import type { Revision } from "../../src/contract/index.ts";

const [ref, other] = [
  { kind: "ConfigMap", name: "one" },
  { kind: "ConfigMap", name: "other" },
];
const [old, young] = ["1" as Revision, "2" as Revision];

test("a write that expected a revision may land over that one", () => {
  const late = new LateWrites();
  late.add(ref, old);
  expect(late.mayLandOver(ref, old)).toBe(true);
  expect(late.mayLandOver(ref, young)).toBe(false);
  expect(late.mayLandOver(other, old)).toBe(false);
});

test("one that expected nothing may land over anything", () => {
  const late = new LateWrites();
  late.add(ref, undefined);
  expect(late.mayLandOver(ref, old)).toBe(true);
  expect(late.mayLandOver(ref, young)).toBe(true);
});

test("one that expected absence lands over nothing that is there", () => {
  const late = new LateWrites();
  late.add(ref, "absent");
  expect(late.mayLandOver(ref, old)).toBe(false);
});

test("a write that is done takes all of them away", () => {
  const late = new LateWrites();
  for (const expected of [old, undefined]) late.add(ref, expected);
  late.forget(ref);
  expect(late.mayLandOver(ref, old)).toBe(false);
});
