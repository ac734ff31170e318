/** Revisions stay with what nobody touched, change with what anybody did, and never come again. */

import { execFileSync } from "node:child_process";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { failureOf, makeDirectory, open, podManifest, podRef } from "./support.ts";

afterEach(() => void vi.useRealTimers());

const file = (root: string, name: string): string => join(root, `Pod/default/${name}.envelope`);

async function revisionsOf(backend: StoreBackend): Promise<Readonly<Record<string, string>>> {
  const { items } = await backend.list("Pod", undefined, "yaml");
  return Object.fromEntries(items.map(({ ref, revision }) => [ref.name, revision]));
}

async function reopened(backend: StoreBackend, root: string): Promise<StoreBackend> {
  await backend.close();
  return open(root);
}

/** The root as a sudden end of the process leaves it. */
function crashed(root: string): string {
  const copy = join(makeDirectory(), "copy");
  execFileSync("cp", ["--archive", root, copy]);
  return copy;
}

test("what was applied, restored or moved keeps its revision when the store is opened again", async () => {
  const root = makeDirectory();
  const first = await open(root);
  await first.apply("yaml", podManifest("restored"));
  await first.restore(await first.snapshot());
  await first.apply("yaml", podManifest("applied"));
  await Promise.all(["a", "b", "c"].map((name) => first.apply("yaml", podManifest(name))));
  const revisions = await revisionsOf(first);
  const copy = await open(crashed(root));
  expect(await revisionsOf(copy)).toEqual(revisions);
  const second = await reopened(first, root);
  expect(await revisionsOf(second)).toEqual(revisions);
  await second.apply("yaml", podManifest("applied"), { ifRevision: revisions["applied"] as never });
  expect(await revisionsOf(await reopened(second, root))).toEqual(revisions);
});

test("an edit by somebody else changes the revision, also one that changes nothing", async () => {
  const root = makeDirectory();
  const first = await open(root);
  for (const name of ["same", "other", "kept"]) await first.apply("yaml", podManifest(name));
  const before = await revisionsOf(first);
  await first.close();
  writeFileSync(file(root, "same"), readFileSync(file(root, "same")));
  const payload = podManifest("other", "edited");
  const edited = encodeEnvelope({ ref: podRef("other"), format: "yaml", payload });
  writeFileSync(file(root, "other"), edited);
  const after = await revisionsOf(await open(root));
  expect(after["kept"]).toBe(before["kept"]);
  expect(after["same"]).not.toBe(before["same"]);
  expect(after["other"]).not.toBe(before["other"]);
});

test.each(["closed", "killed"])(
  "a clock that is set back brings no revision again after the store was %s",
  async (how) => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-02T03:04:05Z") });
    const root = makeDirectory();
    const first = await open(root);
    const { revision } = await first.apply("yaml", podManifest("nginx"));
    await first.delete(podRef("nginx"));
    if (how === "closed") await first.close();
    const left = how === "closed" ? root : crashed(root);
    vi.setSystemTime(new Date("1970-01-01T00:00:01Z"));
    const again = await (await open(left)).apply("yaml", podManifest("nginx"));
    expect(again.operation).toBe("created");
    expect(Number.parseInt(again.revision, 36)).toBeGreaterThan(Number.parseInt(revision, 36));
  },
);

test.each([
  ["before 1970", "1960-01-01T00:00:00.5Z"],
  ["years ahead", "2090-01-01T00:00:00Z"],
  ["beyond what is counted on", "2200-01-01T00:00:00Z"],
])("a file from %s keeps its revision, and carries no other along", async (_, time) => {
  const root = makeDirectory();
  const first = await open(root);
  await Promise.all(["a", "b"].map((name) => first.apply("yaml", podManifest(name))));
  await first.close();
  utimesSync(file(root, "a"), new Date(time), new Date(time));
  const second = await open(root);
  const { revision } = await second.apply("yaml", podManifest("b", "2"));
  expect(Number.parseInt(revision, 36)).toBeLessThan((Date.now() + 60_000) * 1000);
  const before = await revisionsOf(second);
  const third = await reopened(second, root);
  expect(await revisionsOf(third)).toEqual(before);
  await third.apply("yaml", podManifest("a", "2"), { ifRevision: before["a"] as never });
});

test("an edit that keeps the time of the file changes the revision", async () => {
  const root = makeDirectory();
  const first = await open(root);
  await first.apply("yaml", podManifest("nginx", "1"));
  await first.close();
  utimesSync(file(root, "nginx"), 1, 1);
  const second = await open(root);
  const before = await revisionsOf(second);
  await second.close();
  const payload = podManifest("nginx", "2");
  writeFileSync(
    file(root, "nginx"),
    encodeEnvelope({ ref: podRef("nginx"), format: "yaml", payload }),
  );
  utimesSync(file(root, "nginx"), 1, 1);
  expect(await revisionsOf(await open(root))).not.toEqual(before);
});

test("a time that the filesystem keeps otherwise fails the write, which changes nothing", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-02T03:04:05Z") });
  const root = makeDirectory();
  const backend = await open(root);
  const { revision } = await backend.apply("yaml", podManifest("nginx"));
  vi.setSystemTime(new Date("9999-01-01T00:00:00Z")); // a double has no microseconds of it
  const failure = await failureOf(backend.apply("yaml", podManifest("nginx", "2")));
  expect(failure).toMatchObject({ code: "unsupported", outcome: "none" });
  expect(await revisionsOf(backend)).toEqual({ nginx: revision });
});

/** A store whose every revision is noted, with what it stood for. */
class Witness {
  readonly violations: string[] = [];
  readonly #seen = new Map<string, string>();
  #root = makeDirectory();
  #backend: StoreBackend | undefined;

  async act({ act, name, text }: { act: string; name: string; text: string }): Promise<void> {
    const backend = (this.#backend ??= await open(this.#root));
    if (act === "apply") await backend.apply("yaml", podManifest(name, text));
    else if (act === "delete") await backend.delete(podRef(name)).catch(() => {});
    else if (act === "restore") await backend.restore(await backend.snapshot());
    else if (act === "clock") vi.setSystemTime(Date.now() - 86_400_000);
    else await this.#reopen(backend, act);
    const { items } = await this.#backend.list("Pod", undefined, "yaml");
    for (const { ref, revision, body } of items) this.#note(`${ref.name} ${revision}`, body);
  }

  async #reopen(backend: StoreBackend, how: string): Promise<void> {
    const before = await revisionsOf(backend);
    if (how === "crash") this.#root = crashed(this.#root);
    await backend.close();
    this.#backend = await open(this.#root);
    const after = await revisionsOf(this.#backend);
    if (JSON.stringify(after) !== JSON.stringify(before)) this.violations.push(`lost by ${how}`);
  }

  #note(revision: string, body: Uint8Array): void {
    const text = new TextDecoder().decode(body);
    if ((this.#seen.get(revision) ?? text) !== text) this.violations.push(`again: ${revision}`);
    this.#seen.set(revision, text);
  }
}

/** Programs with openings and ends of stores take longer than one test has by default. */
const slow = { timeout: 180_000 };

test(
  "no revision names two states, whatever happens and however the store is opened",
  slow,
  async () => {
    const step = fc.record({
      name: fc.constantFrom("a", "b"),
      act: fc.constantFrom("apply", "apply", "delete", "restore", "reopen", "crash", "clock"),
      text: fc.constantFrom("1", "2"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        vi.useFakeTimers({ toFake: ["Date"] });
        const witness = new Witness();
        for (const each of steps) await witness.act(each);
        vi.useRealTimers();
        expect(witness.violations).toEqual([]);
      }),
      { numRuns: process.env["CI"] === undefined ? 15 : 40 },
    );
  },
);
