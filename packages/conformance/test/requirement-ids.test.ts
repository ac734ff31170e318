/** How requirements are numbered and worded. */

import { expect, test } from "vitest";
import { concurrencyRequirements } from "../src/requirements/concurrency/index.ts";
import { durabilityChapter } from "../src/requirements/durability/index.ts";
import { externalRequirements } from "../src/requirements/external/index.ts";
import { requirements } from "../src/requirements/index.ts";
import { snapshotRequirements } from "../src/requirements/snapshot/index.ts";
import { watchRequirements } from "../src/requirements/watch/index.ts";

test.each([
  ["CONC", concurrencyRequirements],
  ["EXT", externalRequirements],
  ["WATCH", watchRequirements],
  ["SNAP", snapshotRequirements],
  ["DUR", durabilityChapter],
])("ids of %s are counted from 001 without a gap", (chapter, chapterRequirements) => {
  const ids = chapterRequirements.map(
    (_, index) => `${chapter}-${String(index + 1).padStart(3, "0")}`,
  );
  expect(chapterRequirements.map(({ id }) => id)).toEqual(ids);
});

test("no title stands twice", () => {
  expect(new Set(requirements.map(({ title }) => title)).size).toBe(requirements.length);
});
