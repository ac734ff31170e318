/** A backend that claims less is conformant; mutants are the backends that claim what is not so. */

import {
  BackendError,
  type BackendOptions,
  createBackend,
  createInMemoryBackend,
  type Driver,
  type LoadedEntry,
  referenceKey,
  type StoreBackend,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import {
  defineSubject,
  isConformant,
  requirements,
  runSuite,
  type Subject,
  wrapSubject,
} from "../src/index.ts";
import { delegate } from "./support/delegate.ts";

type Claims = NonNullable<BackendOptions["capabilities"]>;

/** What each claim is when it is denied or narrowed. */
const denials: Readonly<Record<string, Claims>> = {
  "no snapshot, no restore": {
    snapshot: "none",
    restore: "none",
    verbs: ["apply", "get", "list", "delete", "watch"],
  },
  "a restore that is resumable": { restore: "resumable" },
  "a snapshot per kind": { snapshot: "per-kind" },
  "no watch": { verbs: ["apply", "get", "list", "delete", "snapshot", "restore"], resume: false },
  "no preconditions": { preconditions: [] },
  "creates only": { preconditions: ["create"] },
  "no resume": { resume: false },
  "native only": { formats: ["native"] },
  "everything but hcl": { formats: ["yaml", "json", "native"] },
  "jobs in hcl only": { formats: ["hcl"], kinds: [{ kind: "Job" }] },
  "jobs in hcl and native": {
    formats: ["hcl", "native"],
    kinds: [{ kind: "Job", scope: "namespaced", defaultNamespace: "default" }],
  },
  "hcl, and no kind that it can say": { kinds: [{ kind: "ConfigMap" }] },
  "json only": { formats: ["json"] },
  "small bodies": { maxBodyBytes: 8_192 },
  "two kinds": { kinds: [{ kind: "ConfigMap" }, { kind: "Job", scope: "namespaced" }] },
  "one kind": { kinds: [{ kind: "Job" }] },
  "read-your-writes": { reads: "read-your-writes" },
};

const memory = (claims: Claims): Subject =>
  defineSubject({ name: "in-memory", open: () => createInMemoryBackend({ capabilities: claims }) });

/** What a real system takes at the least: a turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A store in this process's memory that outlives the backends opened on it. */
function durableSubject(claims: Claims): Subject {
  const places = new Map<string, Map<string, LoadedEntry>>();
  const locked = new Set<string>();
  const openAt = async (directory: string): Promise<StoreBackend> => {
    if (locked.has(directory)) throw new BackendError("locked", "it is open", { verb: "open" });
    locked.add(directory);
    const stored = places.get(directory) ?? new Map<string, LoadedEntry>();
    places.set(directory, stored);
    const driver: Driver = {
      load: async () => ({ entries: [...stored.values()] }),
      put: async (entry) => {
        await turn();
        stored.set(referenceKey(entry.ref), entry);
      },
      remove: async (ref) => void stored.delete(referenceKey(ref)),
      close: async () => void locked.delete(directory),
      maxConcurrentWrites: 1,
    };
    return createBackend(driver, {
      name: "durable",
      capabilities: { durability: "process", ...claims },
    });
  };
  return defineSubject({
    name: "durable",
    open: ({ directory }) => openAt(directory),
    reopen: ({ directory }) => openAt(directory),
    crash: ({ directory }, survivor) => {
      places.set(survivor.directory, new Map(places.get(directory)));
      return openAt(survivor.directory);
    },
    damage: {
      truncate: async ({ directory }, ref) => {
        const stored = places.get(directory);
        const entry = stored?.get(referenceKey(ref));
        if (entry !== undefined)
          stored?.set(referenceKey(ref), { ...entry, envelope: entry.envelope.slice(0, 20) });
      },
    },
  });
}

const failuresOf = async (subject: Subject, filter?: string): Promise<string[]> => {
  const report = await runSuite([subject], requirements, { seed: 1, full: false, filter });
  const failed = report.subjects[0]?.requirements.filter(({ status }) => status !== "passed") ?? [];
  expect(isConformant(report)).toBe(failed.length === 0);
  return failed.map(({ id, message }) => `${id} ${message}`);
};

describe("claiming less is conformant", () => {
  test.each(Object.entries(denials))("%s", async (_, claims) => {
    expect(await failuresOf(memory(claims))).toEqual([]);
  });

  test("a store that keeps its state", async () => {
    expect(await failuresOf(durableSubject({}))).toEqual([]);
  });
});

/** The same backends, saying something else of themselves. */
function claiming(subject: Subject, claims: Claims): Subject {
  return wrapSubject(subject, (backend) =>
    delegate(backend, { capabilities: { ...backend.capabilities, ...claims } }),
  );
}

function withoutReopen({ name, open }: Subject): Subject {
  return defineSubject({ name, open });
}

type Fields = Record<string, unknown>;
const addStatus = (live: Fields): Fields => ({ ...live, status: { ready: true } });

/** A system that owns its objects: what is read as JSON is not quite what was applied. */
function altered(claims: Claims, alter: (live: Fields) => Fields): Subject {
  const open = async (): Promise<StoreBackend> => {
    const backend = await createInMemoryBackend({ capabilities: { formats: ["json"] } });
    const get: StoreBackend["get"] = async (...args) => {
      const read = await backend.get(...args);
      const live = alter(JSON.parse(new TextDecoder().decode(read.body)));
      return { ...read, body: new TextEncoder().encode(JSON.stringify(live)) };
    };
    return delegate(backend, { get });
  };
  return claiming({ name: "altered", open }, { formats: ["json"], ...claims });
}

test("what cannot be tried without a reopen hook is skipped, not failed", async () => {
  const subject = withoutReopen(durableSubject({ sharing: "exclusive" }));
  const report = await runSuite([subject], requirements, {
    seed: 1,
    full: false,
    filter: "CORE-017",
  });
  expect(report.subjects[0]?.requirements[0]).toMatchObject({ status: "skipped" });
  expect(report.subjects[0]?.profiles).toMatchObject({ core: { result: "partial", skipped: 1 } });
});

test("a system that adds fields of its own is conformant where it says so", async () => {
  const subject = altered({ fidelity: "semantic" }, addStatus);
  expect(await failuresOf(subject, "/CORE-0(19|61)/")).toEqual([]);
});

describe("a claim that cannot be tried is skipped, not passed", () => {
  const untried: readonly (readonly [claim: string, subject: Subject, id: string])[] = [
    [
      "no durability, with no way offered to open it again",
      withoutReopen(durableSubject({ durability: "none" })),
      "CORE-016",
    ],
    [
      "that power may be lost, with no way offered to cut it",
      claiming(durableSubject({}), { durability: "power-loss" }),
      "CORE-105",
    ],
    [
      "that others may write, where nobody can",
      claiming(memory({}), { externalWrites: true }),
      "CORE-020",
    ],
  ];

  test.each(untried)("%s", async (_, subject, id) => {
    const report = await runSuite([subject], requirements, { seed: 1, full: false, filter: id });
    const [judged] = report.subjects[0]?.requirements ?? [];
    expect(judged?.status).not.toBe("passed");
    expect(report.subjects[0]?.profiles.core?.result).not.toBe("conformant");
  });
});
