/** What lies in a root: its resources, what is damaged, what is left alone, and what an open would finish. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import type { SkippedFiles } from "../load-tree.ts";
import { openFsReadOnly } from "../open-read-only.ts";
import type { Findings } from "./findings.ts";
import type { Fact } from "./layout-lines.ts";
import { unfinishedFindings } from "./unfinished-findings.ts";

const listedProblems = 10;

/** Reads the store, which takes no lock and needs no right to write. */
export async function storeFindings(root: string): Promise<Findings> {
  let store: StoreBackend;
  try {
    store = await openFsReadOnly({ root });
  } catch (error) {
    if (!BackendError.is(error)) throw error;
    return noStore(error);
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
  const unfinished = await unfinishedFindings(root);
  for (const value of unfinished.problems)
    facts.push({ label: "does not open", value, mark: "bad" });
  for (const value of unfinished.unknown) facts.push({ label: "not read", value, mark: "note" });
  return {
    sections: [{ title: "store", facts }],
    problems: [
      ...damaged.map(({ where, reason }) => `${where}: ${reason}`),
      ...unfinished.problems,
    ],
    unknown: unfinished.unknown,
    data: { store: { counts, damaged, ...diagnostics } },
  };
}

/**
 * None where one was to be looked at is a problem: the path is wrong, or a disk is not mounted. One that does not let
 * itself be read may be sound or not.
 */
function noStore({ code, reason }: BackendError): Findings {
  const isUnknown = code === "permission_denied" || code === "unavailable";
  const mark = isUnknown ? "note" : "bad";
  return {
    sections: [{ title: "store", facts: [{ label: "store", value: reason, mark }] }],
    problems: isUnknown ? [] : [reason],
    unknown: isUnknown ? [reason] : [],
    data: { store: null },
  };
}
