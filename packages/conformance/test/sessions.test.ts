/** What read-your-writes leaves free, and what it does not. */

import { expect, test } from "vitest";
import { checkLinearizability } from "../src/harness/linearizability/check-linearizability.ts";
import { relaxReads, wayBack } from "../src/harness/sessions.ts";
import {
  apply,
  created,
  deleted,
  did,
  found,
  get,
  notFound,
  remove,
  replaced,
} from "./support/linearizability/history.ts";

const writes = [did(0, 1, 2, apply("1"), created("r1")), did(0, 3, 4, apply("2"), replaced("r2"))];

test("another client may be behind, and goes forward", () => {
  const history = [
    ...writes,
    did(1, 5, 6, get, notFound),
    did(1, 7, 8, get, found("1", "r1")),
    did(1, 9, 10, get, found("2", "r2")),
  ];
  expect(checkLinearizability(history).verdict).toBe("illegal");
  expect(wayBack(history)).toBeUndefined();
  expect(checkLinearizability(relaxReads(history)).verdict).toBe("ok");
});

test("a client sees its own writes, and others' that are newer", () => {
  const stale = [...writes, did(0, 5, 6, get, found("1", "r1"))];
  expect(wayBack(stale)).toEqual(stale.slice(1));
  const gone = [...writes, did(0, 5, 6, get, notFound)];
  expect(checkLinearizability(relaxReads(gone)).verdict).toBe("illegal");
  const removed = [...writes, did(1, 4.5, 5, remove, deleted), did(0, 6, 7, get, notFound)];
  expect(checkLinearizability(relaxReads(removed)).verdict).toBe("ok");
});

test("a client is not led back, to what it had seen or to what was replaced before", () => {
  const seen = [did(1, 5, 6, get, found("2", "r2")), did(1, 7, 8, get, found("1", "r1"))];
  expect(wayBack([...writes, ...seen])).toEqual(seen);
  const again = [
    did(0, 1, 9, apply("1"), created("r1")),
    did(2, 1, 9, apply("2"), replaced("r2")),
    did(1, 3, 4, get, found("1", "r1")),
    did(1, 5, 6, get, found("2", "r2")),
    did(1, 7, 8, get, found("1", "r1")),
  ];
  expect(wayBack(again)).toEqual(again.slice(3));
});

test("writes are told the truth all the same", () => {
  const lost = [...writes, did(1, 5, 6, apply("3", "r1"), replaced("r3"))];
  expect(checkLinearizability(relaxReads(lost)).verdict).toBe("illegal");
});
