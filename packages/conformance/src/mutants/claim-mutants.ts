/** Mutants that claim what is not so, or deny what is. */

import type { Capabilities } from "@engenho/sdk";
import { type Bug, inMemory } from "./bug.ts";
import { durable } from "./durable-memory.ts";
import type { Mutant } from "./mutant.ts";
import { shared } from "./shared-memory.ts";
import { distorting } from "./watch-bug.ts";

type Claims = Partial<Omit<Capabilities, "contract">>;

/** Those that the suite writes most. */
const usualKinds = [{ kind: "ConfigMap" }, { kind: "Job" }] as const;

export const claimMutants: readonly Mutant[] = [
  {
    id: "claims-change",
    title: "changes its claims while it is open",
    breaks: ["CORE-010"],
    make: inMemory((sound, reached) => ({
      get capabilities() {
        if (sound.resourceCount() === 0) return sound.capabilities;
        reached();
        return { ...sound.capabilities, maxBodyBytes: sound.capabilities.maxBodyBytes / 2 };
      },
    })),
  },
  {
    id: "claims-shared-alone",
    title: "claims a shared store that nobody else writes to",
    breaks: ["CORE-010"],
    make: lying({ sharing: "shared" }),
  },
  {
    id: "claims-verb-less",
    title: "denies watch, and has it",
    breaks: ["CORE-011"],
    make: lying({ verbs: ["apply", "get", "list", "delete", "snapshot", "restore"] }),
  },
  {
    id: "claims-no-snapshot",
    title: "denies snapshots, and has them",
    breaks: ["CORE-011", "CORE-010"],
    make: lying({ snapshot: "none" }),
  },
  {
    id: "claims-snapshot",
    title: "claims snapshots, and has none",
    breaks: ["CORE-011", "CORE-055", "CORE-112"],
    mayFail: [
      "CORE-110",
      "CONC-008",
      "SNAP-001",
      "SNAP-002",
      "SNAP-003",
      "SNAP-004",
      "SNAP-012",
      "SNAP-016",
      "SNAP-017",
      "SNAP-020",
      "CORE-004",
    ],
    make: lying({ snapshot: "consistent" }, { snapshot: "none" }),
  },
  {
    id: "claims-no-restore",
    title: "denies restore, and has it",
    breaks: ["CORE-011", "CORE-010"],
    make: lying({ restore: "none" }),
  },
  {
    id: "claims-fewer-formats",
    title: "claims one format, and takes them all",
    breaks: ["CORE-012"],
    make: lying({ formats: ["json"] }),
  },
  {
    id: "claims-more-formats",
    title: "claims a format that it does not take",
    breaks: ["CORE-012", "CORE-039", "CORE-047", "CORE-049", "CORE-092"],
    mayFail: [
      "CORE-019",
      "CORE-038",
      "CORE-044",
      "CORE-045",
      "CORE-046",
      "CORE-048",
      "CORE-061",
      "CORE-063",
      "CORE-064",
      "CORE-069",
      "CORE-073",
      "CORE-074",
      "CORE-082",
      "WATCH-008",
      "SNAP-016",
    ],
    make: lying(
      { formats: ["yaml", "json", "native", "hcl"] },
      { formats: ["yaml", "json", "native"] },
    ),
  },
  {
    id: "claims-smaller-limit",
    title: "takes larger bodies than it claims",
    breaks: ["CORE-013", "SNAP-022"],
    make: lying({ maxBodyBytes: 4_096 }),
  },
  {
    id: "claims-larger-limit",
    title: "does not take bodies as large as it claims",
    breaks: ["CORE-013"],
    make: lying({ maxBodyBytes: 100_000 }, { maxBodyBytes: 99_999 }),
  },
  {
    id: "claims-any-kind",
    title: "claims any kind, and takes those that the suite writes most only",
    breaks: ["CORE-014"],
    mayFail: [
      "CORE-032",
      "CORE-033",
      "CORE-037",
      "CORE-057",
      "CORE-058",
      "CORE-065",
      "CORE-071",
      "CORE-072",
      "WATCH-009",
      "SNAP-002",
    ],
    make: lying({ kinds: "any" }, { kinds: [{ kind: "ConfigMap" }, { kind: "Job" }] }),
  },
  {
    id: "claims-kind-list",
    title: "claims a list of kinds, and takes any",
    breaks: ["CORE-014"],
    make: lying({ kinds: [{ kind: "ConfigMap" }] }),
  },
  {
    id: "claims-cluster-scope",
    title: "claims a cluster-scoped kind, and takes it in namespaces too",
    breaks: ["CORE-022"],
    make: lying(
      { kinds: [...usualKinds, { kind: "Node", scope: "cluster" }] },
      { kinds: [...usualKinds, { kind: "Node" }] },
    ),
  },
  {
    id: "claims-namespaces",
    title: "claims a kind that needs a namespace, and takes it without one",
    breaks: ["CORE-022"],
    make: lying(
      { kinds: [...usualKinds, { kind: "Secret", scope: "namespaced" }] },
      { kinds: [...usualKinds, { kind: "Secret" }] },
    ),
  },
  {
    id: "claims-default-namespace",
    title: "claims a default namespace, and keeps what has none apart",
    breaks: ["CORE-023"],
    make: lying(
      { kinds: [...usualKinds, { kind: "Secret", defaultNamespace: "default" }] },
      { kinds: [...usualKinds, { kind: "Secret" }] },
    ),
  },
  {
    id: "claims-names",
    title: "claims that a kind has certain names only, and takes any",
    breaks: ["CORE-024"],
    make: lying(
      { kinds: [...usualKinds, { kind: "Secret", names: "[a-z0-9-]+" }] },
      { kinds: [...usualKinds, { kind: "Secret" }] },
    ),
  },
  {
    id: "claims-fewer-preconditions",
    title: "denies preconditions, and has them",
    breaks: ["CORE-015"],
    make: lying({ preconditions: ["create"] }),
  },
  {
    id: "claims-more-preconditions",
    title: "claims a precondition that it does not have",
    breaks: ["CORE-044", "CORE-046", "SNAP-011"],
    mayFail: ["CORE-054", "CONC-001", "CONC-003"],
    make: lying({ preconditions: ["replace"] }, { preconditions: [] }),
  },
  {
    id: "claims-no-resume",
    title: "denies resume, and has it",
    breaks: ["WATCH-018"],
    make: lying({ resume: false }),
  },
  {
    id: "claims-resume",
    title: "claims resume, and has it not",
    breaks: ["WATCH-014", "WATCH-015", "WATCH-016", "WATCH-032"],
    make: lying({ resume: true }, { resume: false }),
  },
  {
    id: "claims-no-durability",
    title: "denies durability, and keeps everything",
    breaks: ["CORE-016"],
    make: durable((sound, reached) => {
      reached();
      return { capabilities: { ...sound.capabilities, durability: "none" } };
    }),
  },
  {
    id: "claims-durability",
    title: "claims durability, and keeps nothing",
    breaks: [
      "CORE-100",
      "CORE-006",
      "CORE-101",
      "CORE-102",
      "CORE-103",
      "CORE-106",
      "CORE-116",
      "WATCH-030",
      "DUR-001",
      "DUR-003",
      "DUR-004",
      "DUR-005",
      "DUR-008",
      "DUR-012",
      "DUR-013",
      "DUR-014",
      "DUR-015",
      "DUR-016",
      "DUR-017",
      "DUR-018",
      "DUR-019",
    ],
    mayFail: ["CORE-009", "CORE-112", "CORE-104"],
    make: durable(undefined, (_, reached) => ({ put: async () => reached() })),
  },
  {
    id: "claims-exclusive",
    title: "claims an exclusive store that everybody can open",
    breaks: ["CORE-017", "CORE-113"],
    make: shared((sound, reached) => {
      reached();
      const claims = { sharing: "exclusive", externalWrites: false } as const;
      return { capabilities: { ...sound.capabilities, ...claims } };
    }),
  },
  {
    id: "claims-shared",
    title: "claims a shared store whose handles see their own writes only",
    breaks: ["CORE-018", "CORE-020", "CONC-001", "EXT-001"],
    // Nothing about others holds where nobody else is heard of.
    mayFail: ["002", "003", "004", "005", "006", "007", "008", "009", "011"].map(
      (id) => `EXT-${id}`,
    ),
    make: (reached) => {
      const separate = inMemory((sound) => {
        reached();
        const claims = { sharing: "shared", externalWrites: true } as const;
        return { capabilities: { ...sound.capabilities, ...claims } };
      })(reached);
      return { ...separate, reopen: separate.open };
    },
  },
  {
    id: "claims-external-writes",
    title: "watches only what its own handle writes, and claims that it sees the others'",
    breaks: ["CORE-020", "EXT-002", "EXT-004", "EXT-006"],
    make: shared(seesOwnWritesOnly),
  },
];

/** The in-memory backend with some claims, saying something else of itself. */
function lying(claims: Claims, truth: Claims = {}): Mutant["make"] {
  return inMemory(
    (sound, reached) => {
      reached();
      return { capabilities: { ...sound.capabilities, ...claims } };
    },
    { capabilities: truth },
  );
}

/** Leaves out of its watches what appears while this handle is not writing anything. */
function seesOwnWritesOnly(...[sound, reached]: Parameters<Bug>): ReturnType<Bug> {
  let hasWritten = false;
  const watching = distorting(async function* (events) {
    let isLive = false;
    for await (const event of events) {
      if (event.type === "bookmark") isLive = true;
      if (!isLive || hasWritten || event.type !== "added") yield event;
      else reached();
    }
  });
  const noting = <A extends unknown[], R>(verb: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      hasWritten = true;
      return verb(...args);
    };
  };
  return {
    ...watching(sound, reached),
    apply: noting(sound.apply.bind(sound)),
    restore: noting(sound.restore.bind(sound)),
  };
}
