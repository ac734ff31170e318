import { existsSync } from "node:fs";
import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { deriveSeed } from "../src/harness/derive-seed.ts";
import { runSuite } from "../src/harness/run-suite.ts";
import type { RunEvent } from "../src/harness/run-subject.ts";
import type { StoreContext } from "../src/harness/subject.ts";
import { fakeBackend, fakeSubject, judge, judgeOne, requirement } from "./support/fake-backend.ts";

describe("isolation", () => {
  test("every requirement gets an empty directory of its own, gone when it ends", async () => {
    const contexts: StoreContext[] = [];
    const contents: string[][] = [];
    const subject = fakeSubject({
      open: async (context) => {
        contexts.push(context);
        contents.push(await readdir(context.directory));
        await writeFile(join(context.directory, "file"), "content");
        return fakeBackend();
      },
    });
    const failing = requirement("T-3", () => {
      throw new Error("falls short");
    });
    const another = requirement("T-2", async (context) => void (await context.openAnother()));
    await judge([requirement("T-1", () => {}), another, failing], subject);

    const directories = contexts.map(({ directory }) => directory);
    // One for the first look, one for each requirement, one more for openAnother.
    expect(new Set(directories).size).toBe(5);
    expect(contents).toEqual([[], [], [], [], []]);
    expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
  });

  test("everything opened is closed, the last opened first", async () => {
    const closed: number[] = [];
    let opened = 0;
    const open = async () => {
      const number = opened++;
      return fakeBackend({ close: async () => void closed.push(number) });
    };
    const report = await judgeOne(
      async (context) => {
        await context.openAnother();
        await context.openAgain();
        await context.crash();
      },
      fakeSubject({ open, reopen: open, crash: open }),
    );
    expect(report.status).toBe("passed");
    expect(closed).toEqual([0, 4, 3, 2, 1]);
  });

  test("reopen closes the backend first and takes its place", async () => {
    const steps: string[] = [];
    const backendNamed = (name: string) =>
      fakeBackend({ name, close: async () => void steps.push(`close ${name}`) });
    const report = await judgeOne(
      async (context) => {
        const reopened = await context.reopen();
        if (context.backend !== reopened) throw new Error("the context still has the old backend");
        steps.push(reopened.name);
      },
      fakeSubject({
        open: async () => backendNamed("first"),
        reopen: async () => backendNamed("second"),
      }),
    );
    expect(report.status).toBe("passed");
    expect(steps).toEqual(["close first", "close first", "second", "close second"]);
  });

  test.each(["reopen", "openAgain", "crash", "fail"] as const)(
    "%s skips where the subject cannot",
    async (way) => {
      const report = await judgeOne(async (context) => void (await context[way]()));
      expect(report).toMatchObject({
        status: "skipped",
        message: `the subject has no ${way === "openAgain" ? "reopen" : way}()`,
      });
    },
  );
});

describe("limits", () => {
  test("a check that never settles times out, and its backend is closed", async () => {
    let closes = 0;
    const report = await judgeOne(
      () => new Promise(() => {}),
      fakeSubject({ open: async () => fakeBackend({ close: async () => void closes++ }) }),
      { timeoutMs: 30 },
    );
    expect(report).toMatchObject({ status: "failed", message: "timed out after 30 ms" });
    expect(closes).toBe(2);
  });

  test("a close that never settles is a failure", async () => {
    let opened = 0;
    const open = async () =>
      fakeBackend({ close: () => (opened++ === 0 ? Promise.resolve() : new Promise(() => {})) });
    const report = await judgeOne(() => {}, fakeSubject({ open }), { timeoutMs: 30 });
    expect(report.message).toBe("close() did not settle within 30 ms");
  });

  test("a close that rejects is a failure", async () => {
    const open = async () => fakeBackend({ close: () => Promise.reject(new Error("stuck")) });
    const report = await judgeOne(() => {}, fakeSubject({ open }));
    expect(report).toMatchObject({ status: "failed", message: "close() failed: stuck" });
  });

  test("a store that opens after the end is closed as well", async () => {
    const { promise: late, resolve: openLate } = Promise.withResolvers<void>();
    const { promise: closed, resolve: noteClose } = Promise.withResolvers<void>();
    let opened = 0;
    const open = async () => {
      if (opened++ < 2) return fakeBackend();
      await late;
      return fakeBackend({ close: async () => noteClose() });
    };
    const report = await judgeOne(
      async (context) => void (await context.openAnother()),
      fakeSubject({ open }),
      { timeoutMs: 30 },
    );
    expect(report.message).toBe("timed out after 30 ms");
    openLate();
    await closed;
  });

  test("a check that goes on after its time is up opens no store, and leaves no directory", async () => {
    const place = await mkdtemp(join(tmpdir(), "engine-test-"));
    vi.stubEnv("TMPDIR", place);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const { promise: late, resolve: noteLate } = Promise.withResolvers<unknown>();
    onTestFinished(async () => {
      end();
      vi.unstubAllEnvs();
      await rm(place, { recursive: true });
    });
    const directories: string[] = [];
    const report = await judgeOne(
      async (context) => {
        await over;
        noteLate(await context.openAnother().catch((error: unknown) => error));
      },
      fakeSubject({
        open: async ({ directory }) => {
          directories.push(dirname(directory));
          return fakeBackend();
        },
      }),
      { timeoutMs: 200 },
    );
    expect(report.message).toBe("timed out after 200 ms");
    end();
    expect(await late).toMatchObject({ message: expect.stringMatching(/has ended/) });
    const real = await realpath(place);
    expect(directories).toEqual([real, real]);
    expect(await readdir(place)).toEqual([]);
  });
});

describe("seeds", () => {
  test("a requirement's seed follows from the run's seed and its id, whatever runs beside it", async () => {
    const seedOf = async (filter: string | undefined, concurrency: number) => {
      const seeds = new Map<string, number>();
      const list = ["T-1", "T-2", "T-3"].map((id) =>
        requirement(id, (context) => void seeds.set(id, context.seed)),
      );
      await judge(list, fakeSubject(), { seed: 99, filter, concurrency });
      return seeds.get("T-2");
    };
    const seed = await seedOf(undefined, 8);
    expect(seed).toBe(deriveSeed(99, "T-2"));
    expect(await seedOf("T-2", 1)).toBe(seed);
  });

  test("seeds are integers that every generator takes, and differ from id to id", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, id) => {
        const derived = deriveSeed(seed, id);
        expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 31).toBe(true);
      }),
    );
    const ids = Array.from({ length: 200 }, (_, index) => `CORE-${String(index).padStart(3, "0")}`);
    expect(new Set(ids.map((id) => deriveSeed(1, id))).size).toBe(200);
  });
});

describe("order and events", () => {
  test("several requirements run at once, and results stand in the order of the suite", async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    // Each waits for the next one to have ended: they pass only side by side, and end backwards.
    const list = gates.map(({ resolve }, index) =>
      requirement(`T-${index}`, async () => {
        await gates[index + 1]?.promise;
        resolve();
      }),
    );
    const events: RunEvent[] = [];
    const judged = await judge(list, fakeSubject(), { observe: (event) => events.push(event) });
    expect(judged.requirements.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "T-0 passed",
      "T-1 passed",
      "T-2 passed",
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      "subject-start",
      ...list.map(() => "requirement-end"),
      "subject-end",
    ]);
    expect(events[0]).toEqual({
      type: "subject-start",
      subject: "fake",
      count: 3,
      notApplicable: 0,
    });
  });

  test("never more at once than asked for", async () => {
    let running = 0;
    let most = 0;
    const { promise: full, resolve: noteFull } = Promise.withResolvers<void>();
    const list = Array.from({ length: 9 }, (_, index) =>
      requirement(`T-${index}`, async () => {
        most = Math.max(most, ++running);
        if (running === 3) noteFull();
        await full;
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      }),
    );
    await judge(list, fakeSubject(), { concurrency: 3 });
    expect(most).toBe(3);
  });

  test("what does not apply is counted, not listed", async () => {
    const outside = requirement("T-2", () => {}, {
      appliesTo: ({ resume }) => !resume,
      profile: "watch",
    });
    const judged = await judge([requirement("T-1", () => {}), outside]);
    expect(judged.requirements.map(({ id }) => id)).toEqual(["T-1"]);
    expect(judged.notApplicable).toBe(1);
    expect(Object.keys(judged.profiles)).toEqual(["core"]);
  });

  test.each([
    [{ filter: "t-2" }, ["T-2"]],
    [{ filter: "/^T-[13]$/" }, ["T-1", "T-3"]],
    [{ filter: "TITLE OF T-3" }, ["T-3"]],
    [{ profiles: ["watch"] as const }, ["T-3"]],
  ])("%o selects %o", async (selection, expected) => {
    const list = ["T-1", "T-2", "T-3"].map((id) =>
      requirement(id, () => {}, { profile: id === "T-3" ? "watch" : "core" }),
    );
    const judged = await judge(list, fakeSubject(), selection);
    expect(judged.requirements.map(({ id }) => id)).toEqual(expected);
  });
});

describe("what cannot run", () => {
  const list = [requirement("T-1", () => {})];

  test.each([
    [
      "open rejects",
      { open: () => Promise.reject(new Error("no disk")) },
      "fake: open() failed: no disk",
    ],
    [
      "open yields no backend",
      { open: () => Promise.resolve(undefined as never) },
      "fake: what the subject opened is not a StoreBackend: it has no apply() or close()",
    ],
    [
      "open never settles",
      { open: () => new Promise<never>(() => {}) },
      "fake: open() did not settle within 30 ms",
    ],
    [
      "capabilities are misshapen",
      {
        open: async () =>
          fakeBackend({ capabilities: { ...fakeBackend().capabilities, sharing: "odd" as never } }),
      },
      "fake: capabilities.sharing is 'odd'",
    ],
  ])("%s", async (_, parts, message) => {
    await expect(runSuite([fakeSubject(parts)], list, { timeoutMs: 30 })).rejects.toMatchObject({
      name: "CannotRunError",
      message,
    });
  });

  test.each([
    ["no requirement is left", { filter: "nothing" }, /no requirement/],
    ["the filter is no regular expression", { filter: "/(/" }, /no regular expression/],
  ])("%s", async (_, options, message) => {
    await expect(runSuite([fakeSubject()], list, options)).rejects.toThrow(message);
  });
});
