import { describe, expect, test } from "vitest";
import { runSuite } from "../src/harness/run-suite.ts";
import { kitVersion } from "../src/report/kit-version.ts";
import { isProvisional } from "../src/report/provisional.ts";
import { isConformant } from "../src/report/report.ts";
import type { Requirement } from "../src/requirements/requirement.ts";
import { fakeSubject, judge, judgeOne, requirement } from "./support/fake-backend.ts";

const passing = (id: string, parts?: Partial<Requirement>) => requirement(id, () => {}, parts);
const failing = (id: string, parts?: Partial<Requirement>) =>
  requirement(
    id,
    () => {
      throw new Error("falls short");
    },
    parts,
  );
const skipping = (id: string, parts?: Partial<Requirement>) =>
  requirement(id, (context) => context.skip("cannot be seen from here"), parts);
const listing = (id: string) => fakeSubject({ knownFailures: { [id]: "the author knows" } });

/** Of the present major version, whichever that is. */
const newcomer = { since: `${kitVersion().split(".")[0]}.99.0` };

describe("the result of a profile", () => {
  test.each([
    ["all pass", [passing("T-1")], "conformant"],
    ["a MUST fails", [passing("T-1"), failing("T-2")], "not-conformant"],
    ["a SHOULD fails", [passing("T-1"), failing("T-2", { level: "SHOULD" })], "conformant"],
    ["a MUST is skipped", [passing("T-1"), skipping("T-2")], "partial"],
    ["a SHOULD is skipped", [passing("T-1"), skipping("T-2", { level: "SHOULD" })], "conformant"],
    ["one MUST is skipped and one fails", [skipping("T-1"), failing("T-2")], "not-conformant"],
    ["a provisional MUST fails", [passing("T-1"), failing("T-2", newcomer)], "conformant"],
    ["a provisional MUST is skipped", [passing("T-1"), skipping("T-2", newcomer)], "conformant"],
    ["a MUST fails beside it", [failing("T-1"), failing("T-2", newcomer)], "not-conformant"],
  ] as const)("%s", async (_, list, result) => {
    const report = await runSuite([fakeSubject()], list, { full: false });
    expect(report.subjects[0]?.profiles.core?.result).toBe(result);
    expect(isConformant(report)).toBe(result === "conformant");
  });

  test("each profile is judged by its own requirements", async () => {
    const { profiles } = await judge([passing("T-1"), failing("T-2", { profile: "watch" })]);
    expect(profiles).toEqual({
      core: {
        result: "conformant",
        passed: 1,
        failed: 0,
        skipped: 0,
        knownFailures: 0,
        notApplicable: 0,
      },
      watch: {
        result: "not-conformant",
        passed: 0,
        failed: 1,
        skipped: 0,
        knownFailures: 0,
        notApplicable: 0,
      },
    });
  });
});

describe("a provisional requirement", () => {
  test("is counted, and says what it is", async () => {
    const judged = await judge([
      passing("T-1"),
      failing("T-2", newcomer),
      passing("T-3", newcomer),
    ]);
    expect(judged.profiles.core).toMatchObject({ result: "conformant", passed: 2, failed: 1 });
    expect(judged.requirements.map(({ id, provisional }) => [id, provisional])).toEqual([
      ["T-1", undefined],
      ["T-2", true],
      ["T-3", true],
    ]);
  });

  test("can be a known failure, and makes nothing partial", async () => {
    const judged = await judge([passing("T-1"), failing("T-2", newcomer)], listing("T-2"));
    expect(judged.requirements[1]?.status).toBe("known-failure");
    expect(judged.profiles.core?.result).toBe("conformant");
  });

  test.each([
    [undefined, "1.4.0", false],
    ["1.3.0", "1.2.9", true],
    ["1.3.0", "1.3.0", true],
    ["1.3.0", "1.9.2", true],
    ["1.3.0", "2.0.0", false],
    ["1.3.0", "11.0.0", false],
    ["1.0.0", "1.4.0", false],
    ["0.2.0", "0.3.0", true],
    ["0.2.0", "1.0.0", false],
  ])("since %s, in version %s: %s", (since, version, provisional) => {
    const parts = since === undefined ? {} : { since };
    expect(isProvisional(parts, version)).toBe(provisional);
  });
});

describe("known failures", () => {
  test("one that fails is known, and makes the profile partial", async () => {
    const judged = await judge([passing("T-1"), failing("T-2")], listing("T-2"));
    expect(judged.requirements[1]).toMatchObject({
      status: "known-failure",
      message: "falls short",
      reason: "the author knows",
    });
    expect(judged.profiles.core).toEqual({
      result: "partial",
      passed: 1,
      failed: 0,
      skipped: 0,
      knownFailures: 1,
      notApplicable: 0,
    });
  });

  test.each(["MUST", "SHOULD"] as const)("a %s that passes is a failure", async (level) => {
    const judged = await judge([passing("T-1", { level })], listing("T-1"));
    expect(judged.requirements[0]).toMatchObject({
      status: "failed",
      message: "passes although listed in knownFailures: remove it",
    });
    expect(judged.profiles.core?.result).toBe("not-conformant");
  });

  test.each([
    ["is no requirement", "T-9"],
    ["does not apply to a backend with these capabilities", "T-2"],
  ])("one that %s is an error of the subject", async (why, id) => {
    const list = [passing("T-1"), passing("T-2", { appliesTo: () => false })];
    const judged = await judge(list, listing(id));
    expect(judged.errors).toEqual([`knownFailures lists ${id}, which ${why}: remove it`]);
    expect(judged.profiles.core?.result).toBe("not-conformant");
  });

  test("one that was not selected is none", async () => {
    const judged = await judge([passing("T-1"), failing("T-2")], listing("T-2"), { filter: "T-1" });
    expect(judged.errors).toEqual([]);
    expect(judged.profiles.core?.result).toBe("conformant");
  });
});

describe("skips", () => {
  test("carry their reason", async () => {
    const report = await judgeOne((context) => context.skip("cannot be seen from here"));
    expect(report).toMatchObject({ status: "skipped", message: "cannot be seen from here" });
  });

  test("hold even where the check catches what skip throws", async () => {
    const report = await judgeOne((context) => {
      try {
        context.skip("cannot be seen from here");
      } catch {
        // Too eager a check.
      }
    });
    expect(report.status).toBe("skipped");
  });

  test("hide no failure that came with them", async () => {
    const report = await judgeOne(async (context) => {
      void Promise.reject(new Error("dropped"));
      context.skip("cannot be seen from here");
    });
    expect(report).toMatchObject({ status: "failed", message: "nobody caught: dropped" });
  });
});
