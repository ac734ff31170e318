/** What a requirement is: one sentence of SPEC.md and the check that holds a backend to it. */

import type { Capabilities } from "@engenho/sdk";
import type { CheckContext } from "../harness/check-context.ts";
import type { Subject } from "../harness/subject.ts";

/** The groups that a backend conforms to one by one. */
export type Profile = "core" | "watch" | "snapshot" | "concurrency" | "durability" | "external";

/** One numbered sentence of SPEC.md. */
export interface Requirement {
  /** `CORE-001`: stable, never used again for another sentence. */
  readonly id: string;
  /** A MUST decides; a SHOULD is counted and shown, and changes no result. */
  readonly level: "MUST" | "SHOULD";
  /** The profile that it belongs to. */
  readonly profile: Profile;
  /** The sentence, as SPEC.md has it. */
  readonly title: string;
  /**
   * The version of this package that it came with, `1.3.0`; left out where the first of a major version had it. Until
   * the next major version it is provisional: counted and shown, and it changes no result.
   */
  readonly since?: string;
  /**
   * Whether it holds for a backend with these claims, opened by this subject. Default: for every backend. A subject
   * without the means for a claim makes it skipped, in the check; one without the means for what nobody claims
   * makes it not apply.
   */
  readonly appliesTo?: (capabilities: Capabilities, subject: Subject) => boolean;
  /** Throws (an AssertionError by preference) if the backend falls short. */
  readonly check: (context: CheckContext) => Promise<void>;
}
