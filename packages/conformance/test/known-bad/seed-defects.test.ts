/** Each defect of the first implementation fails the requirements that were made of it, and no defect does not. */

import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defineSubject, requirements, type Subject } from "../../src/index.ts";
import { judge } from "../support/fake-backend.ts";
import { type Defect, SeedStore } from "./seed-store.ts";

/** Defects, the requirements that they break, and what an author is told. */
const defects: readonly (readonly [defect: Defect, id: string, told: RegExp])[] = [
  ["cache before check", "CORE-034", /resources after refused applies: expected 0/],
  ["cache before check", "WATCH-006", /events that should not be/],
  ["delete announced first", "WATCH-030", /there again after its deleted event/],
  ["restore empties first", "SNAP-013", /left a mixture/],
  ["replay, then register", "WATCH-011", /no event came/],
  ["events ignore the format", "WATCH-007", /expected "json", got "yaml"/],
  ["no lock", "CORE-017", /expected a rejection with "locked", but it resolved/],
  ["plain paths", "CORE-101", /resources after opening the store again: expected \d+/],
  ["applied format returned", "CORE-063", /expected a rejection with "unsupported_format"/],
  ["everything unsupported", "CORE-093", /expected "not_found", got "unsupported"/],
];

function seed(...present: readonly Defect[]): Subject {
  const openAt = async (root: string): Promise<SeedStore> => new SeedStore(root, new Set(present));
  return defineSubject({
    name: "seed",
    open: ({ directory }) => openAt(join(directory, "store")),
    reopen: ({ directory }) => openAt(join(directory, "store")),
    crash: async ({ directory, makeDirectory }) => {
      const copy = join(makeDirectory(), "store");
      cpSync(join(directory, "store"), copy, {
        recursive: true,
        filter: (path) => !path.endsWith("/lock"),
      });
      return openAt(copy);
    },
  });
}

const statusOf = async (
  subject: Subject,
  id: string,
): Promise<{ readonly status?: string; readonly message?: string }> =>
  (await judge(requirements, subject, { filter: id })).requirements[0] ?? {};

describe.each(defects)("%s", (defect, id, told) => {
  test(`fails ${id}`, async () => {
    const { status, message } = await statusOf(seed(defect), id);
    expect(status).toBe("failed");
    expect(message).toMatch(told);
  });

  test(`and without it ${id} passes`, async () => {
    expect(await statusOf(seed(), id)).toMatchObject({ status: "passed" });
  });
});
