/** The shape of `conformance.json`: version 1 of it may gain fields, and loses none. */

import type { Capabilities } from "@engenho/sdk";
import type { Profile, Requirement } from "../requirements/requirement.ts";

/** What became of one requirement. */
export type RequirementStatus = "passed" | "failed" | "skipped" | "known-failure";

/** One requirement that was selected, whether it applies to a subject or not. */
export type SelectedRequirement = Pick<
  RequirementReport,
  "id" | "level" | "provisional" | "profile" | "title"
>;

/** One requirement held against one subject. */
export interface RequirementReport {
  /** `CORE-001`. */
  readonly id: string;
  /** Only a MUST that is not provisional decides about its profile. */
  readonly level: Requirement["level"];
  /** It came within this major version of the kit, and decides nothing before the next. */
  readonly provisional?: true;
  /** The profile that it counts for. */
  readonly profile: Profile;
  /** Its sentence in SPEC.md. */
  readonly title: string;
  /** How it came out. */
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
 * known failure; else `conformant`. A SHOULD, or a requirement that is provisional, is counted and decides nothing.
 */
export type ProfileResult = "conformant" | "partial" | "not-conformant";

/** How the requirements of one profile came out. */
export interface ProfileReport {
  /** The verdict. */
  readonly result: ProfileResult;
  /** How many requirements held. */
  readonly passed: number;
  /** How many did not: SHOULDs, provisional ones and listed failures that pass included. */
  readonly failed: number;
  /** How many had no means to be checked. */
  readonly skipped: number;
  /** How many failed as the subject had said they would. */
  readonly knownFailures: number;
  /** How many of those selected its capabilities rule out. */
  readonly notApplicable: number;
}

/** One subject under the whole suite. */
export interface SubjectReport {
  /** The subject's name. */
  readonly name: string;
  /** The module that it was loaded from, as the command was given it. */
  readonly module?: string;
  /** The backend's own name. */
  readonly backend: string;
  /** What it claims, and was judged by. */
  readonly capabilities: Capabilities;
  /** The profiles of which at least one requirement was selected and applies. */
  readonly profiles: Readonly<Partial<Record<Profile, ProfileReport>>>;
  /** In the order of the suite. */
  readonly requirements: readonly RequirementReport[];
  /** How many selected requirements its capabilities rule out. */
  readonly notApplicable: number;
  /** What its subject gave no means to judge, though its backend could be; one line each. */
  readonly notJudged?: readonly string[];
  /** What went wrong outside any one requirement, one line each; any makes every profile `not-conformant`. */
  readonly errors: readonly string[];
  /** Milliseconds that judging it took, several requirements at a time. */
  readonly durationMs: number;
}

/** What the run ran on; nothing that names a person or a machine. */
export interface Environment {
  /** The version of Node: `v24.1.0`. */
  readonly node: string;
  /** As `process.platform` has it: `linux`. */
  readonly platform: string;
  /** As `process.arch` has it: `x64`. */
  readonly arch: string;
  /** How many processors the run could use. */
  readonly cpus: number;
}

/** One run of the suite. */
export interface Report {
  /** The shape of this report. */
  readonly schema: "engenho.conformance/v1";
  /** The suite that judged. */
  readonly kit: {
    /** The version of `@engenho/conformance`. */
    readonly version: string;
  };
  /** When the run began: ISO 8601, UTC. */
  readonly date: string;
  /** What every random choice of the run came from; the same one repeats them. */
  readonly seed: number;
  /** Whether random checks ran at full size, as with `CI=true`: a smaller run of the same seed may find less. */
  readonly full: boolean;
  /** What a person types to run the command as it was run: `npx conformance`. */
  readonly command?: string;
  /** What the run was narrowed to; null is everything. A verdict is on these requirements only. */
  readonly selection: {
    /** The profiles asked for. */
    readonly profiles: readonly Profile[] | null;
    /** The filter, as it was given. */
    readonly filter: string | null;
  };
  /** What the run ran on. */
  readonly environment: Environment;
  /** What was selected, in the order of the suite; one that a subject's report lacks does not apply to it. */
  readonly requirements: readonly SelectedRequirement[];
  /** In the order in which they were given. */
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
