/** Backends and requirements that are just enough for the engine, which looks at neither closely. */

import { defaultCapabilities, type StoreBackend } from "@engenho/sdk";
import type { CheckContext } from "../../src/harness/check-context.ts";
import { runSuite, type RunOptions } from "../../src/harness/run-suite.ts";
import type { Subject } from "../../src/harness/subject.ts";
import type { RequirementReport, SubjectReport } from "../../src/report/report.ts";
import type { Requirement } from "../../src/requirements/requirement.ts";

function nothing(): Promise<never> {
  return Promise.reject(new Error("not in this fake"));
}

/** A backend that does nothing; what is given here is used instead. */
export function fakeBackend(parts: Partial<StoreBackend> = {}): StoreBackend {
  return {
    name: "fake",
    capabilities: defaultCapabilities,
    apply: nothing,
    get: nothing,
    list: nothing,
    delete: nothing,
    watch: nothing,
    snapshot: nothing,
    restore: nothing,
    resourceCount: () => 0,
    subscriberCount: () => 0,
    diagnostics: () => ({
      contract: 1,
      backend: "fake",
      state: "open",
      lastError: null,
      counts: { resources: 0, subscribers: 0, damaged: 0 },
      damaged: [],
    }),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...parts,
  };
}

/** A subject that opens such a backend. */
export function fakeSubject(parts: Partial<Subject> = {}): Subject {
  return { name: "fake", open: () => Promise.resolve(fakeBackend()), ...parts };
}

/** A requirement with this id; a MUST of core unless told otherwise. */
export function requirement(
  id: string,
  check: (context: CheckContext) => Promise<void> | void,
  parts: Partial<Requirement> = {},
): Requirement {
  return {
    id,
    level: "MUST",
    profile: "core",
    title: `title of ${id}`,
    check: async (context) => check(context),
    ...parts,
  };
}

/** Runs these requirements against one subject. */
export async function judge(
  requirements: readonly Requirement[],
  subject: Subject = fakeSubject(),
  options: RunOptions = {},
): Promise<SubjectReport> {
  const report = await runSuite([subject], requirements, { seed: 1, full: false, ...options });
  const [judged] = report.subjects;
  if (judged === undefined) throw new Error("the report has no subject");
  return judged;
}

/** Runs one check against one subject. */
export async function judgeOne(
  check: (context: CheckContext) => Promise<void> | void,
  subject?: Subject,
  options?: RunOptions,
): Promise<RequirementReport> {
  const judged = await judge([requirement("T-1", check)], subject, options);
  const [report] = judged.requirements;
  if (report === undefined) throw new Error("the requirement was not run");
  return report;
}
