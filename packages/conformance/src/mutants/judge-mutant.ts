/** Runs the suite on a mutant and says whether it was killed as it should be. */

import { currentScope } from "../harness/requirement-scope.ts";
import type { RequirementOutcome } from "../harness/run-requirement.ts";
import { runSuite } from "../harness/run-suite.ts";
import type { SubjectReport } from "../report/report.ts";
import type { Requirement } from "../requirements/requirement.ts";
import type { Mutant } from "./mutant.ts";

/** The share of the requirements that apply to it which a mutant must pass: below it is too crude to prove anything. */
const leastPassed = 0.85;

/** How {@link judgeMutant} goes; everything has a default. */
export interface MutantOptions {
  /** As in `RunOptions`. Default: 1, so that every run is the same. */
  readonly seed?: number | undefined;
  /** Milliseconds for one check. Default: 20,000; 8,000 for a mutant that hangs. */
  readonly timeoutMs?: number | undefined;
  /**
   * `named` runs only what the mutant must fail, which leaves open what else it fails and whether it is too crude.
   * Default: `whole`.
   */
  readonly extent?: "named" | "whole" | undefined;
}

/** One requirement that a mutant fails. */
export interface MutantFailure {
  /** The requirement. */
  readonly id: string;
  /** What an author is told. */
  readonly message: string;
}

/** How a mutant came out. */
export interface MutantVerdict {
  /** The mutant's id. */
  readonly mutant: string;
  /** Whether every requirement that it breaks has found it, and nothing is wrong with it as a mutant. */
  readonly isKilled: boolean;
  /** What is wrong, one line each. */
  readonly faults: readonly string[];
  /** The requirements that have found it. */
  readonly kills: readonly MutantFailure[];
  /** Failures that `mayFail` allows for, or that a second run has not repeated. */
  readonly others: readonly MutantFailure[];
  /** How many of the requirements that were checked it passes. */
  readonly passed: number;
  /** How many were checked: skipped ones are not. */
  readonly checked: number;
  /** How long judging it took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Judges one mutant. A kill is a requirement of `breaks` that fails by an assertion (where it `hangs`, by a timeout too)
 * after the mutant has reached its bug in that very check. Every one of `breaks` must be a kill; whatever else fails must
 * stand in `mayFail`, unless it passes when it is checked once more.
 */
export async function judgeMutant(
  mutant: Mutant,
  suite: readonly Requirement[],
  options: MutantOptions = {},
): Promise<MutantVerdict> {
  const started = performance.now();
  const { breaks, mayFail = [] } = mutant;
  const isWhole = options.extent !== "named";
  const run = await runMutant(mutant, isWhole ? suite : only(suite, breaks), options);
  const faults = run.report.errors.map((error) => `outside any requirement: ${error}`);
  const kills: MutantFailure[] = [];
  for (const id of breaks) {
    const fault = survival(mutant, id, run);
    if (fault !== undefined) faults.push(fault);
    else kills.push({ id, message: messageOf(run.outcomes.get(id)) });
  }
  const failed = [...run.outcomes].filter(([, { report }]) => report.status === "failed");
  const others = failed
    .filter(([id]) => !breaks.includes(id))
    .map(([id, outcome]) => ({ id, message: messageOf(outcome) }));
  const unnamed = others.filter(({ id }) => !mayFail.includes(id)).map(({ id }) => id);
  if (unnamed.length > 0) {
    // A slow machine is no reason to call a mutant wrongly described.
    const again = await runMutant(mutant, only(suite, unnamed), options);
    for (const [id, outcome] of again.outcomes) {
      if (outcome.report.status !== "failed") continue;
      faults.push(`fails ${id} too, and does not name it: ${messageOf(outcome)}`);
    }
  }
  const checked = [...run.outcomes.values()].filter(({ report }) => report.status !== "skipped");
  const passed = checked.length - failed.length;
  if (isWhole && passed < leastPassed * checked.length)
    faults.push(`is too crude: it passes ${passed} of ${checked.length} requirements`);
  return {
    mutant: mutant.id,
    isKilled: faults.length === 0,
    faults,
    kills,
    others,
    passed,
    checked: checked.length,
    durationMs: Math.round(performance.now() - started),
  };
}

interface MutantRun {
  readonly report: SubjectReport;
  readonly outcomes: ReadonlyMap<string, RequirementOutcome>;
  /** The requirements in whose checks the bug took effect. */
  readonly reachedIn: ReadonlySet<string>;
}

async function runMutant(
  mutant: Mutant,
  suite: readonly Requirement[],
  { seed = 1, timeoutMs = mutant.hangs === true ? 8_000 : 20_000 }: MutantOptions,
): Promise<MutantRun> {
  const outcomes = new Map<string, RequirementOutcome>();
  const reachedIn = new Set<string>();
  const subject = mutant.make(() => {
    const scope = currentScope();
    if (scope !== undefined) reachedIn.add(scope.id);
  });
  const { subjects } = await runSuite([subject], suite, {
    seed,
    timeoutMs,
    full: false,
    observe: (event) => {
      if (event.type === "requirement-end") outcomes.set(event.outcome.report.id, event.outcome);
    },
  });
  const [report] = subjects;
  if (report === undefined) throw new Error(`${mutant.id} has no report`);
  return { report, outcomes, reachedIn };
}

/** Why a requirement of `breaks` has not killed the mutant; undefined if it has. */
function survival(mutant: Mutant, id: string, run: MutantRun): string | undefined {
  const outcome = run.outcomes.get(id);
  if (outcome === undefined) return `names ${id}, which does not apply to it or is no requirement`;
  const { status, message } = outcome.report;
  if (status !== "failed") return `survives ${id}, which ${status}`;
  const proofs = mutant.hangs === true ? ["assertion", "timeout"] : ["assertion"];
  if (!outcome.failures.some((kind) => proofs.includes(kind)))
    return `fails ${id} by ${outcome.failures.join(", ")}, not by an assertion: ${message}`;
  if (!run.reachedIn.has(id)) return `fails ${id} without reaching its bug: ${message}`;
  if (id === mutant.breaks[0] && mutant.says !== undefined && !mutant.says.test(message ?? ""))
    return `fails ${id} with another message than ${String(mutant.says)}: ${message}`;
  return undefined;
}

function only(suite: readonly Requirement[], ids: readonly string[]): readonly Requirement[] {
  return suite.filter(({ id }) => ids.includes(id));
}

function messageOf(outcome: RequirementOutcome | undefined): string {
  return outcome?.report.message ?? "";
}
