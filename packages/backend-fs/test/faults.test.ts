/** Every step of every write fails once, and dies once: nothing acknowledged is lost, nothing is half done. */

import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import { BackendError, encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { type FileOperations, fileOperations } from "../src/file-operations.ts";
import { type Fault, ObservedOperations, type Step } from "./observed-operations.ts";
import {
  failureOf,
  makeDirectory,
  open,
  openOver,
  podManifest,
  podRef,
  stateOf,
} from "./support.ts";

interface Scenario {
  /** Lays out what is there before the store is opened. */
  readonly prepare?: (root: string) => void;
  /** Acknowledged before the fault. */
  readonly before: (backend: StoreBackend) => Promise<unknown>;
  readonly write: (backend: StoreBackend, snapshot: Uint8Array) => Promise<unknown>;
}

const slow = { timeout: 240_000 };
const strayRef = podRef("a/b");
const both = async (backend: StoreBackend): Promise<void> => {
  await backend.apply("yaml", podManifest("there", "1"));
  await backend.apply("yaml", podManifest("other", "1"));
};

const scenarios: Readonly<Record<string, Scenario>> = {
  "apply into a new directory": {
    before: () => Promise.resolve(),
    write: (backend) => backend.apply("yaml", podManifest("there", "2")),
  },
  "apply of a new resource": {
    before: both,
    write: (backend) => backend.apply("yaml", podManifest("new")),
  },
  "apply over a resource": {
    before: both,
    write: (backend) => backend.apply("yaml", podManifest("there", "2")),
  },
  "apply over a file in another implementation's place": {
    prepare: (root) => {
      mkdirSync(join(root, "Pod/default/a"), { recursive: true });
      const envelope = encodeEnvelope({
        ref: strayRef,
        format: "yaml",
        payload: podManifest("a/b", "1"),
      });
      writeFileSync(join(root, "Pod/default/a/b.envelope"), envelope);
    },
    before: both,
    write: (backend) => backend.apply("yaml", podManifest("a/b", "2")),
  },
  delete: { before: both, write: (backend) => backend.delete(podRef("there")) },
  restore: { before: both, write: (backend, snapshot) => backend.restore(snapshot) },
};

/** What the restore scenario restores: one resource replaced, one new, one gone. */
async function snapshotToRestore(): Promise<Uint8Array> {
  const source = await open(join(makeDirectory(), "source"));
  await source.apply("yaml", podManifest("there", "2"));
  await source.apply("yaml", podManifest("restored", "2"));
  const snapshot = await source.snapshot();
  await source.close();
  return snapshot;
}

/** Runs a scenario up to its write, over a store of its own. */
async function start({ prepare, before }: Scenario) {
  const root = makeDirectory();
  prepare?.(root);
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  await before(backend);
  return { root, observed, backend, before: await stateOf(backend) };
}

/** A store after a write that met a fault. */
interface Attempt {
  readonly root: string;
  readonly backend: StoreBackend;
  /** The states before the write and after it. */
  readonly states: readonly [old: string, new: string];
  /** What the write rejected with; undefined if it was acknowledged. */
  readonly failure: unknown;
}

/** Makes one attempt for every step of the scenario's write, a fault at that step of each. */
async function* attempts(
  scenario: Scenario,
  faultAt: (at: number) => Fault,
): AsyncGenerator<Attempt & { readonly step: Step; readonly again: () => Promise<unknown> }> {
  const snapshot = await snapshotToRestore();
  const clean = await start(scenario);
  clean.observed.arm();
  await scenario.write(clean.backend, snapshot);
  const count = clean.observed.steps.length;
  const after = await stateOf(clean.backend);
  await clean.backend.close();
  for (let at = 0; at < count; at++) {
    const { root, observed, backend, before } = await start(scenario);
    observed.arm(faultAt(at));
    const again = (): Promise<unknown> => scenario.write(backend, snapshot);
    const failure = await again().then(
      () => undefined,
      (error: unknown) => error,
    );
    // Not the clean run's: what a restore does side by side comes in any order.
    const step = observed.steps[at];
    if (step === undefined) throw new Error(`step ${at} of ${count} was never reached`);
    yield { root, backend, states: [before, after], failure, step, again };
  }
}

/** What was acknowledged must be there; what was not is there or not, and nothing in between. */
function expectOldOrNew(found: string, { failure, states }: Attempt, about: string): void {
  expect(failure === undefined ? states.slice(1) : states, about).toContain(found);
}

const codes = { ENOSPC: "no_space", EACCES: "permission_denied", EIO: "unavailable" } as const;

/** Holds a failure to its word: a failed store serves nothing, and outcome `none` is true. */
async function expectTruth(
  attempt: Attempt,
  code: string,
  isSync: boolean,
  about: string,
): Promise<void> {
  const { backend, states } = attempt;
  const { outcome, code: found } = await failureOf(Promise.reject(attempt.failure));
  const state = await stateOf(backend).catch((error: BackendError) => error.code);
  const hasFailed = backend.diagnostics().state === "failed";
  const truth = hasFailed
    ? { code: "unavailable", outcome: "unknown", state: "unavailable" }
    : { code, outcome, state: outcome === "none" ? states[0] : state };
  expect({ code: found, outcome, state }, about).toEqual(truth);
  expect(hasFailed || !isSync, about).toBe(true);
}

/** What a write that failed must not leave: temporary files, anything of a restore. */
function leftovers(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" });
  return paths.filter((path) => /^(_tmp\/|_restore)/.test(path));
}

/** What a store that is open would come back with, seen in a copy. */
async function stateOnDisk(root: string): Promise<string> {
  const copy = join(makeDirectory(), "copy");
  cpSync(root, copy, { recursive: true });
  const backend = await open(copy);
  const state = await stateOf(backend);
  await backend.close();
  return state;
}

describe.each(Object.entries(scenarios))("%s", (_name, scenario) => {
  test("dying at any step leaves the old state or the new one", slow, async () => {
    for await (const attempt of attempts(scenario, (at) => ({ at, die: true }))) {
      const about = JSON.stringify(attempt.step);
      await attempt.backend.close();
      const reopened = await open(attempt.root);
      expectOldOrNew(await stateOf(reopened), attempt, about);
      const left = readdirSync(attempt.root).filter((name) => ["_restore", "_tmp"].includes(name));
      expect(left, about).toEqual([]);
      await reopened.close();
    }
  });

  test.each(Object.entries(codes))("%s at any step is told truly", slow, async (errno, code) => {
    for await (const attempt of attempts(scenario, (at) => ({ at, errno }))) {
      const { backend, failure, root, step, again, states } = attempt;
      const about = JSON.stringify(step);
      if (failure !== undefined)
        await expectTruth(attempt, code, step.operation.startsWith("sync"), about);
      const canGoOn = BackendError.is(failure) && failure.outcome === "none";
      expect(canGoOn ? leftovers(root) : [], about).toEqual([]);
      expect(canGoOn ? await stateOnDisk(root) : states[0], about).toBe(states[0]);
      const later = canGoOn ? await again().then(() => stateOf(backend)) : states[1];
      expect(later, about).toBe(states[1]);
      await backend.close();
      const reopened = await open(root);
      expectOldOrNew(await stateOf(reopened), attempt, about);
      await reopened.close();
    }
  });
});

test("after a failed fsync every verb is unavailable until the store is opened anew", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  await backend.apply("yaml", podManifest("kept"));
  observed.arm({ at: "sync", errno: "EIO" });

  const failure = await failureOf(backend.apply("yaml", podManifest("lost")));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "unknown" });
  const verbs = [
    backend.apply("yaml", podManifest("more")),
    backend.get(podRef("kept"), "yaml"),
    backend.list("Pod", undefined, "yaml"),
    backend.delete(podRef("kept")),
    backend.watch("Pod", undefined, "yaml"),
    backend.snapshot(),
    backend.restore(new Uint8Array([0x80])),
  ];
  for (const verb of verbs) expect((await failureOf(verb)).code).toBe("unavailable");
  expect(backend.diagnostics().state).toBe("failed");
  await backend.close();

  const reopened = await open(root);
  expect((await reopened.get(podRef("kept"), "yaml")).body).toEqual(podManifest("kept"));
});

const applyThere = (backend: StoreBackend): Promise<unknown> =>
  backend.apply("yaml", podManifest("there", "2"));
const deleteThere = (backend: StoreBackend): Promise<unknown> => backend.delete(podRef("there"));

test.each([
  ["rename", "EIO", applyThere],
  ["rename", "ETIMEDOUT", applyThere],
  ["rename", getSystemErrorName(-constants.errno.ESTALE), applyThere],
  ["unlink", "EIO", deleteThere],
  ["unlink", "ENOTCONN", deleteThere],
] as const)(
  "after a %s that may have been done (%s) the store looks what became of it",
  async (operation, errno, write) => {
    const root = makeDirectory();
    const observed = new ObservedOperations();
    const backend = await openOver(root, observed.operations);
    await both(backend);
    const watch = await backend.watch("Pod", undefined, "yaml");
    const events = watch[Symbol.asyncIterator]();
    for (const _ of ["other", "there", "bookmark"]) await events.next();

    observed.arm({ at: operation, errno, isDone: true });
    expect(await failureOf(write(backend))).toMatchObject({
      code: "unavailable",
      outcome: "unknown",
    });
    const { value } = await events.next();
    expect(value).toMatchObject({ type: operation === "rename" ? "modified" : "deleted" });
    const found = await stateOf(backend);
    await backend.close();
    expect(await stateOf(await open(root))).toBe(found);
  },
);

test("a write whose fsync follows another's failed one is not acknowledged", async () => {
  const root = makeDirectory();
  const failed = Promise.withResolvers<void>();
  let calls = 0;
  const operations: FileOperations = {
    ...fileOperations,
    async sync(file) {
      if (file.path !== join(root, "Pod/default") || calls++ === 0)
        return fileOperations.sync(file);
      if (calls > 2) return failed.promise; // a second fsync of the same pages reports no error
      throw Object.assign(new Error("injected"), { code: "EIO" });
    },
  };
  const backend = await openOver(root, operations);
  await backend.apply("yaml", podManifest("first"));
  const writes = ["a", "b"].map((name) => failureOf(backend.apply("yaml", podManifest(name))));
  await Promise.race(writes);
  failed.resolve();
  const failures = await Promise.all(writes);
  for (const failure of failures) expect(failure.code).toBe("unavailable");
  // The second one had its turn when the first one had ended.
  expect(failures.map(({ outcome }) => outcome)).toEqual(["unknown", "none"]);
});

test("of many writes at once that meet a failed fsync, those that are told of no change have made none", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  await backend.apply("yaml", podManifest("first"));
  observed.arm({ at: "sync", errno: "EIO" });
  const names = Array.from({ length: 200 }, (_, number) => `pod-${number}`);
  const failures = await Promise.all(
    names.map((name) => failureOf(backend.apply("yaml", podManifest(name)))),
  );
  await backend.close();
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(["unavailable"]));
  expect(new Set(failures.map(({ outcome }) => outcome))).toEqual(new Set(["unknown", "none"]));
  const there = new Set(readdirSync(join(root, "Pod/default")));
  const untouched = names.filter((_, index) => failures[index]?.outcome === "none");
  expect(untouched.filter((name) => there.has(`${name}.envelope`))).toEqual([]);
});

test("a restore that finds no room for its directories fails, and the store goes on", async () => {
  const source = await open(join(makeDirectory(), "source"));
  await source.apply("yaml", podManifest("restored"));
  const snapshot = await source.snapshot();
  const observed = new ObservedOperations();
  const backend = await openOver(makeDirectory(), observed.operations);
  observed.arm({ at: "makeDirectory", errno: "ENOSPC" });
  expect(await failureOf(backend.restore(snapshot))).toMatchObject({
    code: "no_space",
    outcome: "none",
  });
  await backend.restore(snapshot);
  expect(backend.resourceCount()).toBe(1);
});

test("a file whose write had an unknown outcome is removed by a restore that lacks it", async () => {
  const root = makeDirectory();
  const observed = new ObservedOperations();
  const backend = await openOver(root, observed.operations);
  observed.arm({ at: "rename", errno: "EIO", isDone: true });
  expect((await failureOf(backend.apply("yaml", podManifest("landed")))).outcome).toBe("unknown");
  await backend.restore(new Uint8Array([0x80]));
  await backend.close();
  expect((await open(root)).resourceCount()).toBe(0);
});

test.each(["create", "write", "openDirectory"] as const)(
  "a restore that fails in %s before it is decided has changed nothing",
  async (operation) => {
    const observed = new ObservedOperations();
    const backend = await openOver(makeDirectory(), observed.operations);
    const { revision } = await backend.apply("yaml", podManifest("kept"));
    observed.arm({ at: operation, errno: "EMFILE" });
    const failure = await failureOf(backend.restore(new Uint8Array([0x80])));
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none" });
    expect((await backend.get(podRef("kept"), "yaml")).revision).toBe(revision);
  },
);
