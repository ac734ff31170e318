/** Holds one subject to one requirement, in a store of its own, and says how it came out. */

import { AssertionError } from "node:assert";
import { BackendError } from "@engenho/sdk";
import { isProvisional } from "../report/provisional.ts";
import type { RequirementReport } from "../report/report.ts";
import type { Requirement } from "../requirements/requirement.ts";
import { ownSamples } from "./fixtures.ts";
import { CallLog } from "./call-log.ts";
import type { CheckContext } from "./check-context.ts";
import type { CheckSettings } from "./check-settings.ts";
import { formatDuration, settleWithin, timedOut, waitUntil } from "./deadline.ts";
import { deriveSeed } from "./derive-seed.ts";
import { errorDetails, errorLine } from "./error-line.ts";
import { forgetHandles, leakedHandles } from "./handle-tracker.ts";
import { OpenStores } from "./open-stores.ts";
import type { PreparedSubject } from "./prepare-subject.ts";
import { createScope, type RequirementScope, runInScope } from "./requirement-scope.ts";
import { isSkip, SkipSignal } from "./skip-signal.ts";

/** One requirement's part of the report, and what the report has no room for. */
export interface RequirementOutcome {
  /** What the report says of it. */
  readonly report: RequirementReport;
  /** Stacks and causes, for people who ask for them. */
  readonly details: string | undefined;
  /** What went wrong, by kind; empty if nothing did. */
  readonly failures: readonly FailureKind[];
}

/**
 * How a requirement can fail: an `assertion` of its check; a `rejection` of a verb that the check counts on; any
 * other `error` that was thrown; a `timeout`; a failing `close`; a `leak`; a `stray` error that nobody caught.
 */
export type FailureKind =
  | "assertion"
  | "rejection"
  | "error"
  | "timeout"
  | "close"
  | "leak"
  | "stray";

/** How long closed handles get to be gone: operating systems take a moment. Spent only on a leak. */
const leakGraceMs = 250;

/** What one attempt showed: nothing at all is a pass. */
interface Findings {
  readonly problems: string[];
  readonly details: string[];
  readonly kinds: FailureKind[];
  skipped?: string;
}

/**
 * Checks one requirement. Never rejects because of the subject; `trackHandles` and
 * `captureStrayErrors` must be on for leaks and stray errors to be found.
 */
export async function runRequirement(
  prepared: PreparedSubject,
  requirement: Requirement,
  settings: CheckSettings,
): Promise<RequirementOutcome> {
  const { id, level, profile, title } = requirement;
  const { subject } = prepared;
  const seed = deriveSeed(settings.seed, id);
  const scope = createScope(id, settings.timeoutMs);
  const calls = new CallLog();
  const stores = new OpenStores(subject, seed, calls);
  const checked: Findings = { problems: [], details: [], kinds: [] };

  const started = performance.now();
  const outcome = await settleWithin(
    runInScope(scope, () => check(prepared, requirement, stores, seed, settings.full, checked)),
    settings.timeoutMs,
  );
  const durationMs = Math.round(performance.now() - started);
  // What a check says whose time is up is about the stores that are closed under it.
  const findings: Findings =
    outcome === timedOut ? { problems: [], details: [], kinds: [] } : checked;
  if (outcome === timedOut) note(findings, "timeout", [timeoutLine(settings.timeoutMs, calls)]);
  const hangs = outcome === timedOut && calls.pending(settings.timeoutMs / 2) !== undefined;

  const unclosed = await runInScope(scope, () => stores.close(settings.timeoutMs));
  // A close that waits for a call which never ends is no second failure.
  if (!hangs) note(findings, "close", unclosed);
  // After a timeout the check may still be running: what it holds is no leak.
  if (outcome !== timedOut) await findLeaks(scope, stores, findings);
  findStrayErrors(scope, findings);
  scope.ended = true;
  forgetHandles(scope);
  const message = stores.withoutPaths(summary(findings.problems));
  const removal = await stores.remove();
  if (findings.problems.length === 0) note(findings, "error", removal);

  const provisional = isProvisional(requirement) ? ({ provisional: true } as const) : {};
  const base = { id, level, ...provisional, profile, title, durationMs };
  const details = findings.details.length === 0 ? undefined : findings.details.join("\n");
  const report = judge(
    base,
    findings,
    message || summary(findings.problems),
    seed,
    known(subject.knownFailures, id),
  );
  return { report, details, failures: findings.kinds };
}

/** How far a check came whose time is up, and what would help. */
function timeoutLine(timeoutMs: number, calls: CallLog): string {
  const line = `timed out after ${formatDuration(timeoutMs)}`;
  const pending = calls.pending(timeoutMs / 2);
  if (pending !== undefined) return `${line}: ${pending}`;
  const settled = calls.settled();
  if (settled === undefined) return line;
  return `${line}, after ${settled}: raise --timeout, or make them faster; alone it may pass`;
}

/** Opens the store and runs the check; what it throws becomes a finding. */
async function check(
  prepared: PreparedSubject,
  requirement: Requirement,
  stores: OpenStores,
  seed: number,
  full: boolean,
  findings: Findings,
): Promise<void> {
  try {
    const instance = await stores.openFresh();
    const context: CheckContext = {
      get backend() {
        return instance.backend;
      },
      reopen: () => instance.reopen(),
      openAnew: () => instance.openAnew(),
      openAgain: () => instance.openAgain(),
      crash: () => instance.crash(),
      cutPower: () => instance.cutPower(),
      left: (...args) => instance.left(...args),
      killed: (script) => instance.killed(script),
      outside: () => instance.outside(),
      fail: () => instance.fail(),
      damage: (way, ref) => instance.damage(way, ref),
      outdate: () => instance.outdate(),
      discard: () => instance.discard(),
      capabilities: prepared.capabilities,
      samples: prepared.subject.samples ?? ownSamples(prepared.capabilities),
      seed,
      full,
      hasSteps: prepared.subject.steps === true,
      openAnother: (onStep) => stores.openFresh(onStep),
      skip: (reason) => {
        findings.skipped = reason;
        throw new SkipSignal(reason);
      },
    };
    await requirement.check(context);
  } catch (error) {
    if (isSkip(error)) {
      findings.skipped ??= errorLine(error);
      return;
    }
    note(findings, kindOf(error), [errorLine(error)]);
    findings.details.push(errorDetails(error));
  }
}

function note(findings: Findings, kind: FailureKind, problems: readonly string[]): void {
  findings.problems.push(...problems);
  for (const _ of problems) findings.kinds.push(kind);
}

/** By the error itself, or by what property tests wrapped. */
function kindOf(error: unknown): FailureKind {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof AssertionError) return "assertion";
    if (BackendError.is(current)) return "rejection";
    current = current.cause;
  }
  return "error";
}

async function findLeaks(
  scope: RequirementScope,
  stores: OpenStores,
  findings: Findings,
): Promise<void> {
  const leaks = (): string[] => [
    ...leakedHandles(scope),
    ...stores.openFiles().map((path) => `the open file ${path}`),
  ];
  await waitUntil(() => leaks().length === 0, leakGraceMs);
  const left = leaks().map((leak) => `leaked ${leak}: still there after close()`);
  note(findings, "leak", left);
}

function findStrayErrors(scope: RequirementScope, findings: Findings): void {
  for (const error of scope.strayErrors) {
    note(findings, "stray", [`nobody caught: ${errorLine(error)}`]);
    findings.details.push(errorDetails(error));
  }
}

function judge(
  base: Omit<RequirementReport, "status">,
  findings: Findings,
  message: string,
  seed: number,
  reason: string | undefined,
): RequirementReport {
  if (findings.problems.length > 0) {
    return reason === undefined
      ? { ...base, status: "failed", message, seed }
      : { ...base, status: "known-failure", message, seed, reason };
  }
  if (findings.skipped !== undefined)
    return { ...base, status: "skipped", message: findings.skipped };
  if (reason !== undefined) {
    const pass = "passes although listed in knownFailures: remove it";
    return { ...base, status: "failed", message: pass, reason, unexpectedPass: true };
  }
  return { ...base, status: "passed" };
}

function known(
  ledger: Readonly<Record<string, string>> | undefined,
  id: string,
): string | undefined {
  return ledger !== undefined && Object.hasOwn(ledger, id) ? ledger[id] : undefined;
}

function summary(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join("; ");
  return problems.length > 3 ? `${shown}; and ${problems.length - 3} more` : shown;
}
