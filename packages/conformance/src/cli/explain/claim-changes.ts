/** A backend that can everything, and every single claim that another one may make instead. */

import { type Capabilities, defaultCapabilities, type KindDomain } from "@engenho/sdk";
import type { Subject } from "../../harness/subject.ts";

/** What `appliesTo` is asked about. */
export interface Setup {
  readonly capabilities: Capabilities;
  readonly subject: Subject;
}

/** One other value of one claim. */
export interface Change {
  /** Changes of the same claim exclude each other. */
  readonly claim: string;
  /** How it reads with this value: "`durability` is `none`". */
  readonly says: string;
  /** How it reads with the value that it has before: "`durability` is `process`". */
  readonly otherwise: string;
  readonly make: (setup: Setup) => Setup;
}

const never = (): Promise<never> => Promise.reject(new Error("nothing is opened here"));

/** Every verb, format and precondition, every means of a subject. */
export const ableSetup: Setup = {
  capabilities: {
    ...defaultCapabilities,
    ...{ durability: "process", restore: "atomic", sharing: "shared", externalWrites: true },
  },
  subject: {
    ...{ name: "able", open: never, reopen: never, crash: never, cutPower: never, fail: never },
    outside: never,
    steps: true,
    damage: { truncate: never, block: never, alter: never, outdate: never },
  },
};

export const changes: readonly Change[] = [
  ...without("verbs", ["watch", "snapshot", "restore"]),
  ...without("preconditions", ["create", "replace", "delete"]),
  ...without("formats", ["yaml", "json", "hcl", "native"]),
  ...values("durability", ["none", "power-loss"]),
  ...values("fidelity", ["semantic"]),
  ...values("snapshot", ["per-kind", "none"]),
  ...values("restore", ["resumable", "none"]),
  ...values("resume", [false]),
  ...values("externalWrites", [false]),
  ...values("sharing", ["private", "exclusive"]),
  ...values("reads", ["read-your-writes"]),
  {
    claim: "kinds",
    says: "`kinds` is a list",
    otherwise: "`kinds` is `any`",
    make: withClaim({ kinds: [{ kind: "ConfigMap" }, { kind: "Job" }] }),
  },
  ...(["block", "alter", "outdate"] as const).map((way) => ({
    claim: `subject.damage.${way}`,
    says: `the subject's \`damage\` has no \`${way}\``,
    otherwise: `the subject's \`damage\` has \`${way}\``,
    make: ({ capabilities, subject }: Setup): Setup => {
      const { [way]: _, ...rest } = subject.damage ?? { truncate: never };
      return { capabilities, subject: { ...subject, damage: rest } };
    },
  })),
  ...(["reopen", "crash", "fail", "outside", "steps"] as const).map((means) => ({
    claim: `subject.${means}`,
    says: `the subject has no \`${means}\``,
    otherwise: `the subject has \`${means}\``,
    make: ({ capabilities, subject }: Setup): Setup => {
      const { [means]: _, ...rest } = subject;
      return { capabilities, subject: rest };
    },
  })),
];

/** A list with one of its members missing. */
function without(
  claim: "verbs" | "preconditions" | "formats",
  members: readonly string[],
): readonly Change[] {
  return members.map((member) => ({
    claim: `${claim}.${member}`,
    says: `\`${claim}\` lacks \`${member}\``,
    otherwise: `\`${claim}\` has \`${member}\``,
    make: (setup) => {
      const rest = setup.capabilities[claim].filter((each) => each !== member);
      return withClaim({ [claim]: rest })(setup);
    },
  }));
}

/** Another value of a claim that has one. */
function values<Claim extends keyof Capabilities>(
  claim: Claim,
  others: readonly Capabilities[Claim][],
): readonly Change[] {
  return others.map((value) => ({
    claim,
    says: `\`${claim}\` is \`${spelled(value)}\``,
    otherwise: `\`${claim}\` is \`${spelled(ableSetup.capabilities[claim])}\``,
    make: withClaim({ [claim]: value }),
  }));
}

function withClaim(claims: Partial<Capabilities>): (setup: Setup) => Setup {
  return ({ capabilities, subject }) => ({ capabilities: { ...capabilities, ...claims }, subject });
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a list of kinds may claim of one of them; apart, since each of these is a list too. */
export const kindChanges: readonly Change[] = [
  ofOneKind("`scope` is `cluster`", { scope: "cluster" }),
  ofOneKind("`scope` is `namespaced`", { scope: "namespaced" }),
  ofOneKind("`defaultNamespace` is given", { defaultNamespace: "default" }),
  ofOneKind("`names` are given", { names: "[a-z0-9-]+" }),
];

function ofOneKind(says: string, claims: Partial<KindDomain>): Change {
  return {
    claim: "kinds",
    says: `a kind's ${says}`,
    otherwise: "`kinds` is `any`",
    make: withClaim({ kinds: [{ kind: "ConfigMap", ...claims }, { kind: "Job" }] }),
  };
}
