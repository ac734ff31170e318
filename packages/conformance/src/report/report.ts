/** The shape of `conformance.json`: version 1 of it may gain fields, and loses none. */

import type { Capabilities } from "@engenho/sdk";
import type { Profile, Requirement } from "../requirements/requirement.ts";

/** What became of one requirement. */
export type RequirementStatus = "passed" | "failed" | "skipped" | "known-failure";

/** One requirement held against one subject. */
export interface RequirementReport {
  readonly id: string;
  readonly level: Requirement["level"];
  readonly profile: Profile;
  readonly title: string;
  readonly status: RequirementStatus;
  /** Milliseconds that opening the store and the check took. */
  readonly durationMs: number;
  /** Why it failed or was skipped, in one line. */
  readonly message?: string;
  /** What the check's random choices came from, where it failed; follows from the run's seed and the id. */
  readonly seed?: number;
  /** The subject's own words about a known failure. */
  readonly reason?: string;
  /** It failed because it is listed in `knownFailures` and passes. */
  readonly unexpectedPass?: true;
}

/**
 * `not-conformant`: a MUST failed, or a listed failure passes; `partial`: a MUST was skipped or is a
 * known failure; else `conformant`. A SHOULD that fails is counted and decides nothing.
 */
export type ProfileResult = "conformant" | "partial" | "not-conformant";

/** How the requirements of one profile came out. */
export interface ProfileReport {
  readonly result: ProfileResult;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly knownFailures: number;
}

/** One subject under the whole suite. */
export interface SubjectReport {
  readonly name: string;
  /** The backend's own name. */
  readonly backend: string;
  readonly capabilities: Capabilities;
  /** The profiles of which at least one requirement was selected and applies. */
  readonly profiles: Readonly<Partial<Record<Profile, ProfileReport>>>;
  /** In the order of the suite. */
  readonly requirements: readonly RequirementReport[];
  /** How many selected requirements its capabilities rule out. */
  readonly notApplicable: number;
  /** What went wrong outside any one requirement, one line each; any makes every profile `not-conformant`. */
  readonly errors: readonly string[];
}

/** What the run ran on; nothing that names a person or a machine. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpus: number;
}

/** One run of the suite. */
export interface Report {
  readonly schema: "engenho.conformance/v1";
  readonly kit: { readonly version: string };
  /** When the run began: ISO 8601, UTC. */
  readonly date: string;
  readonly seed: number;
  /** What the run was narrowed to; null is everything. A verdict is on these requirements only. */
  readonly selection: {
    readonly profiles: readonly Profile[] | null;
    readonly filter: string | null;
  };
  readonly environment: Environment;
  readonly subjects: readonly SubjectReport[];
}

/** Whether every profile of every subject is conformant. */
export function isConformant(report: Report): boolean {
  return report.subjects.every(
    ({ profiles, errors }) =>
      errors.length === 0 &&
      Object.values(profiles).every((profile) => profile.result === "conformant"),
  );
}
