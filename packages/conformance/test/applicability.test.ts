/** What `explain` says of where a requirement applies is found from its function: here with functions that are known. */

import type { Capabilities } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { applicability } from "../src/cli/explain/applicability.ts";
import { requirements } from "../src/requirements/index.ts";
import type { Requirement } from "../src/requirements/requirement.ts";
import { requirement } from "./support/fake-backend.ts";

const said = (appliesTo: Requirement["appliesTo"]): string =>
  applicability(requirement("T-1", () => {}, appliesTo === undefined ? {} : { appliesTo }));

test.each<[string, (capabilities: Capabilities, subject: object) => boolean]>([
  ["to every backend", () => true],
  ["to no backend that can be", () => false],
  ["where `verbs` has `watch`", ({ verbs }) => verbs.includes("watch")],
  ["where `resume` is `false`", ({ resume }) => !resume],
  ["where `durability` is not `none`", ({ durability }) => durability !== "none"],
  ["where `durability` is `none`", ({ durability }) => durability === "none"],
  ["where `durability` is `power-loss`", ({ durability }) => durability === "power-loss"],
  ["where `sharing` is `private` or `exclusive`", ({ sharing }) => sharing !== "shared"],
  ["where `kinds` is `any`", ({ kinds }) => kinds === "any"],
  ["where `kinds` is a list", ({ kinds }) => kinds !== "any"],
  [
    "where a kind's `names` are given",
    ({ kinds }) => kinds !== "any" && kinds.some(({ names }) => names !== undefined),
  ],
  ["where the subject has `fail`", (_, subject) => "fail" in subject],
  [
    "where `formats` has `yaml` or `json`",
    ({ formats }) => formats.includes("yaml") || formats.includes("json"),
  ],
  [
    "where `preconditions` lacks `create` or `replace` or `delete`",
    ({ preconditions }) => preconditions.length < 3,
  ],
  [
    "where `resume` is `false`, `verbs` has `watch` and `snapshot` is not `none`",
    ({ resume, verbs, snapshot }) => !resume && verbs.includes("watch") && snapshot !== "none",
  ],
  [
    "where `durability` is `none` and `resume` is `false`",
    ({ resume, durability }) => !resume && durability === "none",
  ],
])("%s", (text, appliesTo) => {
  expect(said(appliesTo)).toBe(text);
});

describe("the suite's own", () => {
  test.each(requirements)("$id applies somewhere", (each) => {
    expect(applicability(each)).toMatch(/^(?:to every backend|where .+)$/);
  });

  test("what appliesTo decides by nothing is said of every backend", () => {
    expect(said(undefined)).toBe("to every backend");
  });
});
