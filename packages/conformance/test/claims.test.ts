/** Every claim is tested both ways: a backend that claims less is conformant, one that claims what is not so is not. */

import {
  BackendError,
  type BackendOptions,
  createBackend,
  createInMemoryBackend,
  type Driver,
  type LoadedEntry,
  referenceKey,
  type ResourceRef,
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
function durableSubject(
  claims: Claims,
  {
    forgets = false,
    key = referenceKey,
  }: { forgets?: boolean; key?: (ref: ResourceRef) => string } = {},
): Subject {
  const places = new Map<string, Map<string, LoadedEntry>>();
  const openAt = async (directory: string): Promise<StoreBackend> => {
    const stored = places.get(directory) ?? new Map<string, LoadedEntry>();
    places.set(directory, stored);
    const driver: Driver = {
      load: async () => ({ entries: [...stored.values()] }),
      put: async (entry) => {
        await turn();
        if (!forgets) stored.set(key(entry.ref), entry);
      },
      remove: async (ref) => void stored.delete(key(ref)),
      close: async () => {},
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
    crash: ({ directory, makeDirectory }) => {
      const copy = makeDirectory();
      places.set(copy, new Map(places.get(directory)));
      return openAt(copy);
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

/** The same backend, saying something else of itself. */
function claiming(backend: StoreBackend, claims: Claims): StoreBackend {
  return delegate(backend, { capabilities: { ...backend.capabilities, ...claims } });
}

function liar(subject: Subject, claims: Claims): Subject {
  return wrapSubject(subject, (backend) => claiming(backend, claims));
}

function withoutReopen({ name, open }: Subject): Subject {
  return defineSubject({ name, open });
}

type Fields = Record<string, unknown>;
const addStatus = (live: Fields): Fields => ({ ...live, status: { ready: true } });
const dropData = (live: Fields): Fields => ({ ...live, data: {} });

/** A system that owns its objects: what is read as JSON is not quite what was applied. */
function altered(claims: Claims, alter: (live: Fields) => Fields): Subject {
  const open = async (): Promise<StoreBackend> => {
    const backend = await createInMemoryBackend({ capabilities: { formats: ["json"] } });
    const get: StoreBackend["get"] = async (...args) => {
      const read = await backend.get(...args);
      const live = alter(JSON.parse(new TextDecoder().decode(read.body)));
      return { ...read, body: new TextEncoder().encode(JSON.stringify(live)) };
    };
    return { ...claiming(backend, { formats: ["json"], ...claims }), get };
  };
  return defineSubject({ name: "altered", open });
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

test.each([
  ["a slash", (ref: ResourceRef): string => `${ref.kind}/${ref.namespace}/${ref.name}`],
  ["a colon", (ref: ResourceRef): string => [ref.kind, ref.namespace ?? "", ref.name].join(":")],
  [
    "nothing for no namespace",
    (ref: ResourceRef): string => `${ref.kind}\0${ref.namespace ?? "_cluster"}\0${ref.name}`,
  ],
])("a key that joins a reference by %s is found", async (_, key) => {
  const subject = durableSubject({}, { key });
  expect((await failuresOf(subject, "CORE-106")).map((line) => line.split(" ", 1)[0])).toEqual([
    "CORE-106",
  ]);
});

test("an aborted apply that leaves neither the old body nor the new is found", async () => {
  const open = async (): Promise<StoreBackend> => {
    const backend = await createInMemoryBackend();
    const apply: StoreBackend["apply"] = async (format, body, options = {}) => {
      const result = await backend.apply(format, body);
      if (options.signal?.aborted !== true) return result;
      const garbage = new TextDecoder().decode(body).replace('"new"', '"torn"');
      await backend.apply(format, new TextEncoder().encode(garbage));
      throw new BackendError("aborted", "given up", { outcome: "unknown" });
    };
    return { ...claiming(backend, {}), apply };
  };
  expect(await failuresOf(defineSubject({ name: "torn", open }), "CORE-056")).toEqual([
    "CORE-056 an aborted apply has left the value torn",
  ]);
});

test("an apply that is said to be given up and happens later is found", async () => {
  const open = async (): Promise<StoreBackend> => {
    const backend = await createInMemoryBackend();
    const apply: StoreBackend["apply"] = async (format, body, options = {}) => {
      if (options.signal === undefined) return backend.apply(format, body, options);
      const bytes = new Uint8Array(body);
      setTimeout(() => void backend.apply(format, bytes), 20);
      throw new BackendError("aborted", "given up", { outcome: "none" });
    };
    return { ...claiming(backend, {}), apply };
  };
  const failures = await failuresOf(defineSubject({ name: "late", open }), "CORE-056");
  expect(failures[0]).toMatch(/^CORE-056 revision of aborted-0 a while after the abort/);
});

describe("claiming what is not so is not", () => {
  const lies: readonly (readonly [lie: string, subject: Subject, id: string])[] = [
    [
      "a verb less than there are",
      liar(memory({}), { verbs: ["apply", "get", "list", "delete", "snapshot", "restore"] }),
      "CORE-011",
    ],
    [
      "a verb more than there are",
      liar(memory({ verbs: ["apply", "get", "list", "delete"] }), {
        verbs: ["apply", "get", "list", "delete", "watch"],
      }),
      "CORE-011",
    ],
    ["no snapshot, where there is one", liar(memory({}), { snapshot: "none" }), "CORE-011"],
    [
      "a snapshot, where there is none",
      liar(memory({ snapshot: "none" }), { snapshot: "consistent" }),
      "CORE-011",
    ],
    ["no restore, where there is one", liar(memory({}), { restore: "none" }), "CORE-011"],
    ["a shared store without other writers", liar(memory({}), { sharing: "shared" }), "CORE-010"],
    ["fewer formats than there are", liar(memory({}), { formats: ["json"] }), "CORE-012"],
    [
      "more formats than there are",
      liar(memory({ formats: ["json"] }), { formats: ["json", "yaml"] }),
      "CORE-012",
    ],
    ["a smaller limit than there is", liar(memory({}), { maxBodyBytes: 4_096 }), "CORE-013"],
    [
      "a larger limit than there is",
      liar(memory({ maxBodyBytes: 4_096 }), { maxBodyBytes: 8_192 }),
      "CORE-013",
    ],
    [
      "any kind, where there is a list",
      liar(memory({ kinds: [{ kind: "ConfigMap" }, { kind: "Job" }] }), { kinds: "any" }),
      "CORE-014",
    ],
    [
      "a list of kinds, where any is taken",
      liar(memory({}), { kinds: [{ kind: "ConfigMap" }] }),
      "CORE-014",
    ],
    [
      "fewer preconditions than there are",
      liar(memory({}), { preconditions: ["create"] }),
      "CORE-015",
    ],
    [
      "more preconditions than there are",
      liar(memory({ preconditions: [] }), { preconditions: ["replace"] }),
      "CORE-044",
    ],
    ["no durability, where the state is kept", durableSubject({ durability: "none" }), "CORE-016"],
    ["durability, where nothing is kept", durableSubject({}, { forgets: true }), "CORE-100"],
    [
      "that nobody else can open it, where everybody can",
      durableSubject({ sharing: "exclusive" }),
      "CORE-017",
    ],
    [
      "that others can open it, where nobody else sees it",
      liar(durableSubject({}), { sharing: "shared", externalWrites: true }),
      "CORE-018",
    ],
    ["no resume, where there is one", liar(memory({}), { resume: false }), "WATCH-018"],
    [
      "a resume, where there is none",
      liar(memory({ resume: false }), { resume: true }),
      "WATCH-014",
    ],
    [
      "an atomic restore that goes one by one",
      liar(durableSubject({}), { restore: "atomic" }),
      "SNAP-013",
    ],
    [
      "no durability, with no way offered to open it again",
      withoutReopen(durableSubject({ durability: "none" })),
      "CORE-016",
    ],
    [
      "that power may be lost, which nobody can test",
      liar(durableSubject({}), { durability: "power-loss" }),
      "CORE-105",
    ],
    [
      "that others may write, where nobody can",
      liar(memory({}), { externalWrites: true }),
      "CORE-020",
    ],
    ["bytes, where it keeps fields", altered({}, addStatus), "CORE-019"],
    ["all fields, where it drops one", altered({ fidelity: "semantic" }, dropData), "CORE-019"],
    [
      "all fields, where it drops one of a sample",
      altered({ fidelity: "semantic" }, dropData),
      "CORE-061",
    ],
  ];

  test.each(lies)("%s", async (_, subject, id) => {
    expect((await failuresOf(subject, id)).map((line) => line.split(" ", 1)[0])).toEqual([id]);
  });
});
