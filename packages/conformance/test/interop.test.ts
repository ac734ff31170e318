/** The matrix: what it finds between backends of which one loses something, and what it leaves out. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BackendError,
  type Capabilities,
  createInMemoryBackend,
  decodeEnvelope,
  decodeSnapshot,
  encodeEnvelope,
  encodeSnapshot,
  type KindDomain,
  type SnapshotEntry,
  type StoreBackend,
} from "@engenho/sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadBytes } from "../../../tools/rust-vectors/stored-bytes.ts";
import type { Subject } from "../src/harness/subject.ts";
import { refusal } from "../src/interop/can-hold.ts";
import { type InteropCell, isInteroperable } from "../src/interop/interop-report.ts";
import { runInterop } from "../src/interop/run-interop.ts";
import { rustSnapshot } from "../src/interop/rust-snapshot.ts";
import { delegate } from "./support/delegate.ts";
import { runCommand } from "./support/run-command.ts";

const sound: Subject = { name: "sound", open: () => createInMemoryBackend() };

/** An in-memory backend with some parts of its own. */
function subjectWith(
  name: string,
  parts: (inner: StoreBackend) => Partial<StoreBackend>,
  claims: Partial<Capabilities> = {},
): Subject {
  return {
    name,
    open: async () => {
      const inner = await createInMemoryBackend();
      const capabilities = { ...inner.capabilities, ...claims };
      return delegate(inner, { capabilities, ...parts(inner) });
    },
  };
}

/** Restores what `change` makes of each entry. */
function restoring(change: (entry: SnapshotEntry) => SnapshotEntry) {
  return (inner: StoreBackend): Partial<StoreBackend> => ({
    restore: (bytes) => inner.restore(encodeSnapshot(decodeSnapshot(bytes).map(change))),
  });
}

async function cellsOf(...subjects: readonly Subject[]): Promise<readonly InteropCell[]> {
  return (await runInterop(subjects, { seed: 1, full: false, timeoutMs: 20_000 })).cells;
}

const between = (cells: readonly InteropCell[], from: string, to: string): InteropCell => {
  const cell = cells.find((each) => each.from === from && each.to === to);
  if (cell === undefined) throw new Error(`there is no cell from ${from} to ${to}`);
  return cell;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

test("backends that lose nothing are identical, each with itself and with what Rust wrote", async () => {
  const cells = await cellsOf(sound, { ...sound, name: "another" });
  expect(cells.map(({ from, to, result }) => `${from} ${to} ${result}`)).toEqual([
    "sound sound identical",
    "sound another identical",
    "another sound identical",
    "another another identical",
    "rust sound identical",
    "rust another identical",
  ]);
  expect(cells[0]?.aspects).toEqual({
    references: "same",
    content: "same",
    snapshot: "same",
    back: "same",
  });
  expect(cells[0]?.resources).toBeGreaterThan(100);
  expect(cells[4]?.resources).toBe(130);
});

describe("what is lost is found, where it is lost", () => {
  test("a payload without its last byte", async () => {
    const cut = restoring(({ ref, envelope }) => {
      const { payload, ...rest } = decodeEnvelope(envelope);
      return { ref, envelope: encodeEnvelope({ ...rest, payload: payload.slice(0, -1) }) };
    });
    const cells = await cellsOf(sound, subjectWith("cuts", cut));
    const there = between(cells, "sound", "cuts");
    expect(there.result).toBe("differs");
    expect(there.aspects).toEqual({
      references: "same",
      content: "different",
      snapshot: "different",
      back: "different",
    });
    expect(there.problems[0]).toMatch(/^content, there: .*: the bytes differ from byte \d+ on/);
    // Nothing goes into it here but at home again.
    expect(between(cells, "cuts", "sound").aspects).toMatchObject({
      references: "same",
      content: "same",
      back: "different",
    });
    expect(between(cells, "rust", "cuts").result).toBe("differs");
    expect(between(cells, "sound", "sound").result).toBe("identical");
  });

  test("one resource", async () => {
    const drops = subjectWith("drops", (inner) => ({
      restore: (bytes) => inner.restore(encodeSnapshot(decodeSnapshot(bytes).slice(1))),
    }));
    const there = between(await cellsOf(sound, drops), "sound", "drops");
    expect(there.aspects.references).toBe("different");
    expect(there.problems[0]).toMatch(/^references, there: lists: item 0 of the list should be/);
  });

  test("a snapshot in an order of its own", async () => {
    const disorderly = subjectWith("disorderly", (inner) => ({
      snapshot: async () => {
        const [first, ...others] = decodeSnapshot(await inner.snapshot());
        const part = (entries: readonly SnapshotEntry[]): Uint8Array =>
          encodeSnapshot(entries).slice(1);
        const all = [...others, ...(first === undefined ? [] : [first])];
        const head = encodeSnapshot(all).slice(0, 2);
        return Buffer.concat([head, ...all.map((entry) => part([entry]))]);
      },
    }));
    const there = between(await cellsOf(sound, disorderly), "sound", "disorderly");
    expect(there.aspects).toMatchObject({ content: "same", snapshot: "different", back: "same" });
  });

  test("a backend that refuses, with what it says", async () => {
    const refusing = subjectWith("refusing", () => ({
      restore: () => Promise.reject(new BackendError("corrupt", "not one of mine")),
    }));
    const there = between(await cellsOf(sound, refusing), "sound", "refusing");
    expect(there).toMatchObject({
      result: "differs",
      problems: [expect.stringContaining("not one of mine")],
    });
  });

  test("a backend that never ends", async () => {
    const hanging = subjectWith("hanging", () => ({ restore: () => new Promise(() => {}) }));
    const { cells } = await runInterop([hanging], { seed: 1, full: false, timeoutMs: 500 });
    expect(between(cells, "rust", "hanging").problems).toEqual(["timed out after 500 ms"]);
  });

  test("an error that nobody caught", async () => {
    const dropping = subjectWith("dropping", (inner) => ({
      restore: async (bytes) => {
        void Promise.reject(new Error("dropped"));
        await inner.restore(bytes);
      },
    }));
    const report = await runInterop([dropping], { seed: 1, full: false });
    expect(report.errors).toContain("nobody caught: dropped");
    expect(isInteroperable(report)).toBe(false);
  });
});

describe("what is claimed decides what is compared", () => {
  const live = (body: Uint8Array): Uint8Array => {
    const text = decoder.decode(body);
    return text.includes('"live":')
      ? body
      : encoder.encode(text.replace(/\}\s*$/, ',"live":true}'));
  };
  const adding = (alter: (body: Uint8Array) => Uint8Array) => (inner: StoreBackend) => ({
    get: async (...args: Parameters<StoreBackend["get"]>) => {
      const read = await inner.get(...args);
      return { ...read, body: alter(read.body) };
    },
    snapshot: async () => {
      const entries = decodeSnapshot(await inner.snapshot()).map(({ ref, envelope }) => {
        const { payload, ...rest } = decodeEnvelope(envelope);
        return { ref, envelope: encodeEnvelope({ ...rest, payload: alter(payload) }) };
      });
      return encodeSnapshot(entries);
    },
  });
  const formats = ["json"] as const;

  test("where fields are promised, fields are compared, and the snapshot may hold more", async () => {
    const cells = await cellsOf(
      sound,
      subjectWith("adds", adding(live), { fidelity: "semantic", formats }),
    );
    expect(between(cells, "sound", "adds")).toMatchObject({ result: "equal", problems: [] });
    expect(between(cells, "adds", "sound")).toMatchObject({ problems: [] });
    expect(between(cells, "sound", "adds").aspects.snapshot).toBeUndefined();
    expect(between(cells, "sound", "adds").leftOut).toContainEqual({
      why: "adds takes no native",
      count: expect.any(Number),
    });
  });

  test("where bytes are promised, more fields are a difference", async () => {
    const cells = await cellsOf(sound, subjectWith("adds", adding(live), { formats }));
    expect(between(cells, "sound", "adds").result).toBe("differs");
  });

  test("where fields are promised, a lost one is a difference", async () => {
    const lossy = (body: Uint8Array): Uint8Array =>
      encoder.encode(decoder.decode(body).replace(/"(?:data|zeta)":[^,}]*\}?,?/, ""));
    const subject = subjectWith("loses", adding(lossy), { fidelity: "semantic", formats });
    expect(between(await cellsOf(sound, subject), "sound", "loses").result).toBe("differs");
  });

  test("what is not claimed is impossible, and no difference", async () => {
    const none = subjectWith("none", () => ({}), { snapshot: "none", restore: "none" });
    const report = await runInterop([sound, none], { seed: 1, full: false });
    expect(isInteroperable(report)).toBe(true);
    expect(report.cells.map(({ from, to, result }) => `${from} ${to} ${result}`)).toEqual([
      "sound sound identical",
      "sound none impossible",
      "none sound impossible",
      "none none impossible",
      "rust sound identical",
      "rust none impossible",
    ]);
    expect(between(report.cells, "sound", "none").problems).toEqual(["none restores none"]);
  });

  test("one that restores nothing can still be left", async () => {
    const source = subjectWith("source", () => ({}), { restore: "none" });
    const there = between(await cellsOf(sound, source), "source", "sound");
    expect(there).toMatchObject({ result: "identical", problems: [] });
    expect(there.aspects.back).toBeUndefined();
  });

  const config = {
    ref: { kind: "Job", name: "a", namespace: "x" },
    format: "json",
    body: new Uint8Array(10),
  };
  test.each<[string, Partial<Capabilities>, string | undefined]>([
    ["any kind", {}, undefined],
    ["a format", { formats: ["yaml"] }, "takes no json"],
    ["a size", { maxBodyBytes: 9 }, "takes no bodies as large"],
    ["a kind", { kinds: [{ kind: "Pod" }] }, "holds no kind Job"],
    ["a kind of its own format", { kinds: [{ kind: "Job", formats: ["hcl"] }] }, "takes no json"],
    [
      "a kind of its own size",
      { kinds: [{ kind: "Job", maxBodyBytes: 9 }] },
      "takes no bodies as large",
    ],
    ["a scope", { kinds: [{ kind: "Job", scope: "cluster" }] }, "holds Job without namespaces"],
    ["names", { kinds: [{ kind: "Job", names: "b|aa" }] }, "takes Job under other names only"],
    ["its name", { kinds: [{ kind: "Job", names: "a|b" }] }, undefined],
  ])("%s", async (_, claims, reason) => {
    const { capabilities } = await createInMemoryBackend();
    expect(refusal({ ...capabilities, ...claims }, config)).toBe(reason);
  });

  test.each<[Omit<KindDomain, "kind">, string | undefined]>([
    [{ scope: "namespaced" }, "holds Job in namespaces only"],
    [{ defaultNamespace: "default" }, "gives Job a namespace of its own"],
    [{}, undefined],
  ])("no namespace, and %j", async (domain, reason) => {
    const { capabilities } = await createInMemoryBackend();
    const kinds = [{ kind: "Job", ...domain }];
    const manifest = { ...config, ref: { kind: "Job", name: "a" } };
    expect(refusal({ ...capabilities, kinds }, manifest)).toBe(reason);
  });
});

test("what Rust wrote is one of the SDK's vectors", () => {
  const path = new URL("../../sdk/test/vectors/rust.json", import.meta.url);
  const { snapshots } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly snapshots: readonly {
      readonly id: string;
      readonly rust: { readonly plain: string };
    }[];
  };
  const vector = snapshots.find(({ id }) => id === "of every small case")?.rust.plain ?? "";
  expect(Buffer.compare(rustSnapshot(), loadBytes(vector))).toBe(0);
});

describe("the command", () => {
  test("prints the matrix with a backend that loses names, and writes it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "interop-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const subjects = [
      ...["subjects/in-memory.ts", "../../examples/custom-backend/conformance.ts"],
      "test/fixtures/lossy.ts",
    ];
    const { status, stdout, stderr } = await runCommand([
      "interop",
      ...subjects,
      "--report",
      directory,
    ]);
    expect(stderr).toBe("");
    expect(status).toBe(1);
    expect(stdout.split("\n")[0]).toMatch(/^from \\ to +in-memory +sqlite +lossy$/);
    const row = " +identical +identical +differs \\(references, content, snapshot, back\\)";
    for (const from of ["in-memory", "sqlite"])
      expect(stdout).toMatch(new RegExp(`^${from}${row}$`, "m"));
    expect(stdout).toMatch(/^rust +identical +identical +differs /m);
    expect(stdout).toMatch(/^in-memory → lossy: differs\n {2}references, there: /m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(
      `Something differs. Report: ${join(directory, "interop.json")}`,
    );
    const report: unknown = JSON.parse(await readFile(join(directory, "interop.json"), "utf8"));
    expect(report).toMatchObject({
      schema: "engenho.interop/v1",
      subjects: ["in-memory", "sqlite", "lossy"],
    });
  }, 120_000);

  test("is status 0 where nothing differs", async () => {
    const { status, stdout } = await runCommand([
      "interop",
      "subjects/in-memory.ts",
      "../backend-fs/conformance.ts",
    ]);
    expect(stdout).toMatch(/^in-memory +identical +identical$/m);
    expect(stdout).toMatch(/^filesystem +identical +identical$/m);
    expect(stdout).toMatch(/^Nothing differs in 6 of 6 cells, of up to \d+ resources each\.$/m);
    expect(status).toBe(0);
  }, 120_000);

  test.each([
    [[], "no subject given (see conformance interop --help)"],
    [["test/fixtures/missing.ts"], "test/fixtures/missing.ts: there is no such file"],
    [["test/fixtures/lossy.ts", "test/fixtures/lossy.ts"], "two subjects have the same name"],
    [["test/fixtures/lossy.ts", "--report", "package.json"], "the report cannot be written: "],
    [["test/fixtures/open-rejects.ts"], "open-rejects: open() failed: no disk"],
  ])("%j is status 2, in one line", async (args, message) => {
    const { status, stdout, stderr } = await runCommand(["interop", ...args]);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^conformance: [^\n]*\n$/);
    expect(status).toBe(2);
  });
});
