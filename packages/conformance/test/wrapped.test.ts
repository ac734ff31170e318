/** The whole suite through wrappers: one that keeps the contract passes, one that loses something does not. */

import { followVerbs, followWatches, traceBackend } from "@engenho/sdk/tracing";
import { describe, expect, test } from "vitest";
import { type BackendWrapper, requirements, type Subject, wrapSubject } from "../src/index.ts";
import { durableMemory } from "../src/mutants/durable-memory.ts";
import inMemory from "../subjects/in-memory.ts";
import { delegate } from "./support/delegate.ts";
import { fakeBackend, fakeSubject, judge, judgeOne } from "./support/fake-backend.ts";

/** What is not passed, and how much was judged. */
async function shortcomings(subject: Subject, wrap: BackendWrapper): Promise<readonly unknown[]> {
  const wrapped = await judge(requirements, wrapSubject(subject, wrap));
  expect(wrapped.requirements.length).toBeGreaterThan(100);
  return wrapped.requirements.filter(({ status }) => status !== "passed");
}

describe("a wrapper that promises the contract passes whatever is beneath it", () => {
  test("one that hands everything on", async () => {
    expect(await shortcomings(inMemory, (backend) => delegate(backend))).toEqual([]);
  });

  test("tracing that nobody listens to", async () => {
    expect(await shortcomings(inMemory, traceBackend)).toEqual([]);
  });

  test.each([inMemory, durableMemory()])("tracing with subscribers, on $name", async (subject) => {
    const told = new Set<string>();
    const stops = [
      followVerbs({ start: ({ verb }) => void told.add(verb), asyncEnd: () => {} }),
      followWatches({
        event: ({ type }) => void told.add(type),
        end: ({ reason }) => void told.add(reason),
      }),
    ];
    try {
      expect(await shortcomings(subject, traceBackend)).toEqual([]);
    } finally {
      for (const stop of stops) stop();
    }
    expect([...told]).toEqual(
      expect.arrayContaining([
        ...["apply", "get", "list", "delete", "watch", "snapshot", "restore", "close"],
        ...["added", "modified", "deleted", "bookmark", "reset"],
        ...["closed", "aborted", "backend-closed"],
      ]),
    );
  });
});

test("a wrapper that forgets the options of apply fails what they are for", async () => {
  const forgetful: BackendWrapper = (backend) =>
    delegate(backend, { apply: (format, body) => backend.apply(format, body) });
  const { requirements: judged } = await judge(requirements, wrapSubject(inMemory, forgetful), {
    filter: "CORE-044",
  });
  expect(judged).toMatchObject([{ id: "CORE-044", status: "failed" }]);
});

describe("wrapSubject", () => {
  test("wraps what is opened in every way, and keeps the rest", async () => {
    const wrapped: string[] = [];
    const opening = (name: string) => () => Promise.resolve(fakeBackend({ name }));
    const fails: string[] = [];
    const outside = { put: async () => {}, remove: async () => {} };
    const subject = wrapSubject(
      fakeSubject({
        open: opening("open"),
        reopen: opening("reopen"),
        crash: opening("crash"),
        cutPower: opening("cutPower"),
        fail: async ({ directory }) => void fails.push(directory),
        outside: async () => outside,
        knownFailures: {},
        samples: [],
        steps: true,
        damage: { truncate: async () => {} },
        module: import.meta.url,
      }),
      (backend) => {
        wrapped.push(backend.name);
        return delegate(backend);
      },
    );
    const report = await judgeOne(async (context) => {
      await context.fail();
      expect(await context.outside()).toBe(outside);
      await context.openAgain();
      await context.crash();
      await context.cutPower();
      await context.reopen();
    }, subject);
    expect(report.status).toBe("passed");
    expect(wrapped).toEqual(["open", "open", "reopen", "crash", "cutPower", "reopen"]);
    expect(fails).toHaveLength(1);
    expect(Object.keys(subject).sort()).toEqual([
      "crash",
      "cutPower",
      "damage",
      "fail",
      "knownFailures",
      "name",
      "open",
      "outside",
      "reopen",
      "samples",
      "steps",
    ]);
  });

  test("offers no more than the subject does, and keeps its this", async () => {
    class Own implements Subject {
      readonly name = "own";
      readonly #backend = fakeBackend();
      async open() {
        return this.#backend;
      }
    }
    const subject = wrapSubject(new Own(), traceBackend, "traced");
    expect(Object.keys(subject)).toEqual(["name", "open"]);
    expect(await judgeOne(() => {}, subject)).toMatchObject({ status: "passed" });
  });

  test("closes what cannot be wrapped", async () => {
    let closes = 0;
    const subject = fakeSubject({
      open: async () => fakeBackend({ close: async () => void closes++ }),
    });
    const broken = wrapSubject(subject, () => {
      throw new Error("no wrapping today");
    });
    await expect(judge(requirements, broken)).rejects.toThrow(/no wrapping today/);
    expect(closes).toBe(1);
  });
});
