/** `engenho-fs doctor`: looks at everything that can be the matter with a root, open elsewhere or not. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import { obstacles } from "../evidence/admission.ts";
import type { PlatformEvidence } from "../evidence/platform-evidence.ts";
import { openFsReadOnly } from "../open-read-only.ts";
import type { SkippedFiles } from "../load-tree.ts";
import type { Command, Request } from "./command.ts";
import type { Fact, Section } from "./layout-lines.ts";
import { compareWithProfile } from "./compare-with-profile.ts";
import { platformSections } from "./platform-sections.ts";
import { probeRoot } from "./probe-root.ts";

const listedProblems = 10;

/** What is wrong makes it 1; what it could not find out because a store is open is said, and no problem. */
export const doctor: Command = {
  name: "doctor",
  summary: "all of it: the directory, its profile if one is given, and the store in it",
  needsProfile: false,
  async run(request) {
    const { root } = request;
    const platform = await platformFindings(request);
    const store = await storeFindings(root);
    const problems = [...platform.problems, ...store.problems];
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    return {
      status: problems.length === 0 ? 0 : 1,
      lines: {
        heading: root,
        sections: [...platform.sections, ...store.sections],
        verdict:
          problems.length === 0 ? { text: "healthy", mark: "good" } : { text: count, mark: "bad" },
      },
      data: { root, healthy: problems.length === 0, problems, ...platform.data, ...store.data },
    };
  },
};

/** What one part of the examination found. */
interface Findings {
  readonly sections: readonly Section[];
  readonly problems: readonly string[];
  readonly data: object;
}

async function platformFindings({ root, durability, profile }: Request): Promise<Findings> {
  let evidence: PlatformEvidence;
  try {
    evidence = await probeRoot(root);
  } catch (error) {
    if (!BackendError.is(error, "locked")) throw error;
    const facts: readonly Fact[] = [{ label: "not tried", value: error.reason, mark: "note" }];
    return {
      sections: [{ title: "directory", facts }],
      problems: [],
      data: { platform: { locked: error.reason } },
    };
  }
  const found = obstacles(evidence.storePath, durability).map((text) => `the filesystem ${text}`);
  const { section, problems } = await profileFindings(profile, evidence);
  return {
    sections: [...platformSections(evidence), ...section],
    problems: [...found, ...problems],
    data: { platform: { evidence, durability, obstacles: found } },
  };
}

/** What is the matter with a profile, for a look that goes on. */
async function profileFindings(
  path: string | undefined,
  evidence: PlatformEvidence,
): Promise<{ readonly section: readonly Section[]; readonly problems: readonly string[] }> {
  if (path === undefined) return { section: [], problems: [] };
  try {
    const { differences, section } = await compareWithProfile(path, evidence);
    const isSame = differences.length === 0;
    return { section: [section], problems: isSame ? [] : [`the profile ${path} does not match`] };
  } catch (error) {
    if (!BackendError.is(error, "profile_invalid")) throw error;
    const facts: readonly Fact[] = [{ label: "profile", value: error.reason, mark: "bad" }];
    return { section: [{ title: "profile", facts }], problems: [error.reason] };
  }
}

async function storeFindings(root: string): Promise<Findings> {
  let store: StoreBackend;
  try {
    store = await openFsReadOnly({ root });
  } catch (error) {
    if (!BackendError.is(error)) throw error;
    const isNone = error.code === "not_found";
    const fact: Fact = { label: "store", value: error.reason, mark: isNone ? "note" : "bad" };
    return {
      sections: [{ title: "store", facts: [fact] }],
      problems: isNone ? [] : [error.reason],
      data: { store: null },
    };
  }
  const { counts, damaged, ...diagnostics } = store.diagnostics();
  await store.close();
  const skipped = diagnostics["skipped"] as SkippedFiles;
  const isHalfway = diagnostics["restoreUnderWay"] === true;
  const facts: Fact[] = [
    { label: "face", value: String(diagnostics["faceName"]), mark: "fact" },
    { label: "resources", value: String(counts.resources), mark: "fact" },
    { label: "damaged", value: String(counts.damaged), mark: counts.damaged > 0 ? "bad" : "good" },
    ...damaged
      .slice(0, listedProblems)
      .map(({ where, reason }): Fact => ({ label: "", value: `${where}: ${reason}`, mark: "bad" })),
    {
      label: "left alone",
      value: String(skipped.count),
      mark: skipped.count > 0 ? "note" : "good",
    },
    ...skipped.items
      .slice(0, listedProblems)
      .map(({ path, reason }): Fact => ({ label: "", value: `${path}: ${reason}`, mark: "note" })),
  ];
  if (isHalfway) {
    const value = "decided and not carried out: the next open does it";
    facts.push({ label: "restore", value, mark: "note" });
  }
  if (diagnostics["journalUnderWay"] === true) {
    const value = "has writes whose files may not be there yet: the next open writes them";
    facts.push({ label: "journal", value, mark: "note" });
  }
  return {
    sections: [{ title: "store", facts }],
    problems: damaged.map(({ where, reason }) => `${where}: ${reason}`),
    data: { store: { counts, damaged, ...diagnostics } },
  };
}
