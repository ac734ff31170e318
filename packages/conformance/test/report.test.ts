import { mkdtemp, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { defaultCapabilities } from "@engenho/sdk";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { runSuite } from "../src/harness/run-suite.ts";
import { writeReports } from "../src/report/write-reports.ts";
import { fakeSubject, requirement } from "./support/fake-backend.ts";

test("conformance.json has the shape of version 1", async () => {
  const suite = [
    requirement("T-1", () => {}),
    requirement("T-2", (context) => {
      throw new Error(`falls short, seed ${context.seed}`);
    }),
    requirement("T-3", (context) => context.skip("cannot be seen"), {
      level: "SHOULD",
      profile: "watch",
    }),
    requirement("T-4", () => Promise.reject(new Error("as listed")), { profile: "snapshot" }),
    requirement("T-5", () => {}, { appliesTo: () => false }),
  ];
  const subject = fakeSubject({ knownFailures: { "T-4": "the author knows" } });
  const report = await runSuite([subject], suite, { seed: 11, full: false });
  const directory = await mkdtemp(join(tmpdir(), "report-test-"));
  const [path = ""] = await writeReports(report, directory, ["json"]);
  const written: unknown = JSON.parse(await readFile(path, "utf8"));
  await rm(directory, { recursive: true });

  const durationMs = expect.any(Number);
  const seed = expect.any(Number);
  const must = { level: "MUST", profile: "core", durationMs };
  expect(written).toEqual({
    schema: "engenho.conformance/v1",
    kit: { version: manifest.version },
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    seed: 11,
    full: false,
    selection: { profiles: null, filter: null },
    environment: {
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      cpus: expect.any(Number),
    },
    requirements: suite.map(({ id, level, profile, title }) => ({ id, level, profile, title })),
    subjects: [
      {
        name: "fake",
        backend: "fake",
        capabilities: defaultCapabilities,
        profiles: {
          core: {
            result: "not-conformant",
            passed: 1,
            failed: 1,
            skipped: 0,
            knownFailures: 0,
            notApplicable: 1,
          },
          watch: {
            result: "conformant",
            passed: 0,
            failed: 0,
            skipped: 1,
            knownFailures: 0,
            notApplicable: 0,
          },
          snapshot: {
            result: "partial",
            passed: 0,
            failed: 0,
            skipped: 0,
            knownFailures: 1,
            notApplicable: 0,
          },
        },
        requirements: [
          { ...must, id: "T-1", title: "title of T-1", status: "passed" },
          {
            ...must,
            id: "T-2",
            title: "title of T-2",
            status: "failed",
            message: expect.stringMatching(/^falls short, seed \d+$/),
            seed,
          },
          {
            id: "T-3",
            level: "SHOULD",
            profile: "watch",
            durationMs,
            title: "title of T-3",
            status: "skipped",
            message: "cannot be seen",
          },
          {
            ...must,
            id: "T-4",
            profile: "snapshot",
            title: "title of T-4",
            status: "known-failure",
            message: "as listed",
            reason: "the author knows",
            seed,
          },
        ],
        notApplicable: 1,
        notJudged: [],
        errors: [],
        durationMs,
      },
    ],
  });
});

test("a report names no person, machine or temporary directory", async () => {
  const leaking = requirement("T-1", () => {});
  const subject = fakeSubject({
    open: async ({ directory }) => {
      opened.push(directory);
      if (opened.length > 1) throw new Error(`cannot open ${directory}/journal`);
      return await fakeSubject().open({} as never);
    },
  });
  const opened: string[] = [];
  const report = await runSuite([subject], [leaking]);
  expect(report.subjects[0]?.requirements[0]?.message).toBe("cannot open <directory>/journal");
  const environment = JSON.stringify(report.environment);
  expect(environment).not.toContain(hostname());
  expect(environment).not.toContain(userInfo().homedir);
  expect(opened.some((directory) => JSON.stringify(report).includes(directory))).toBe(false);
});
