/** Processes that are killed: what they acknowledged is known, and what they leave behind is judged. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { BackendError } from "@engenho/sdk";
import { describe, expect, test, vi } from "vitest";
import { durable } from "../src/mutants/durable-memory.ts";
import { requirements } from "../src/requirements/index.ts";
import type { Subject } from "../src/harness/subject.ts";
import hangs from "./fixtures/killed/hangs.ts";
import locksByFile from "./fixtures/killed/locks-by-file.ts";
import sound from "./fixtures/killed/sound.ts";
import writesLater from "./fixtures/killed/writes-later.ts";
import { expectFailure } from "./support/expect-failure.ts";
import { fakeSubject, judge, judgeOne } from "./support/fake-backend.ts";

const killed = requirements.filter(({ id }) => ["DUR-001", "DUR-002"].includes(id));

test("a sound store passes without a crash()", async () => {
  const { requirements: judged } = await judge(killed, sound);
  expect(judged.map(({ status, message }) => message ?? status)).toEqual(["passed", "passed"]);
});

test("a store that writes later is found, by what was acknowledged and is not there", async () => {
  await expectFailure(killed, "DUR-001", /what writer \d has left after 1 ends/, writesLater);
});

test("a store that the dead keep locked is found", async () => {
  await expectFailure(killed, "DUR-002", /another process has it/, locksByFile);
});

test("the calls that were acknowledged before the end are counted, client by client", async () => {
  const report = await judgeOne(async (context) => {
    const { format, body, ref } = podOf("a");
    const create = { verb: "apply", format, body } as const;
    const script = {
      clients: [
        [create, { verb: "delete", ref } as const, create],
        [{ ...podOf("b"), verb: "apply" } as const],
      ],
      acknowledged: 4,
      turns: 0,
    };
    const { acknowledged, open } = await context.killed(script);
    expect(acknowledged).toEqual([3, 1]);
    const { backend } = await open();
    expect(backend.resourceCount()).toBe(2);
  }, sound);
  expect(report.message).toBeUndefined();
});

test("a process that hangs is gone when the requirement's time is up", async () => {
  const place = await mkdtemp(join(tmpdir(), "hangs-"));
  const note = join(place, "pid");
  vi.stubEnv("HANGS_NOTE", note);
  try {
    const report = await judgeOne(
      async (context) => {
        const script = { clients: [], acknowledged: 1, turns: 0 };
        await context.killed(script);
      },
      hangs,
      { timeoutMs: 5_000 },
    );
    expect(report.message).toMatch(/timed out/);
    const pid = Number(await readFile(note, "utf8"));
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  } finally {
    vi.unstubAllEnvs();
    await rm(place, { recursive: true });
  }
});

test("a process whose parent is gone ends itself", async () => {
  const place = await mkdtemp(join(tmpdir(), "hangs-"));
  try {
    const child = fileURLToPath(new URL("../src/harness/kill/child.ts", import.meta.url));
    const running = spawn(
      process.execPath,
      [...process.execArgv, child, hangs.module ?? "", place, "1"],
      {
        stdio: ["pipe", "ignore", "ignore", "ignore", "pipe"],
        env: { ...process.env, HANGS_NOTE: join(place, "pid") },
      },
    );
    const orders = running.stdio[4] as Writable;
    orders.end(serialize({ clients: [], acknowledged: 1, turns: 0 }));
    running.stdin?.destroy();
    expect(await once(running, "close")).toEqual([null, "SIGKILL"]);
  } finally {
    await rm(place, { recursive: true });
  }
});

test("names of writers begin with a letter, which some systems ask for", async () => {
  const choosy = durable((backend) => ({
    apply: async (...args) => {
      const result = await backend.apply(...args);
      if (/^[a-z]/.test(result.ref.name)) return result;
      throw new BackendError("invalid_reference", "a name begins with a letter");
    },
  }));
  const { requirements: judged } = await judge(
    killed,
    choosy(() => {}),
  );
  expect(judged.map(({ status, message }) => message ?? status)).toEqual(["passed", "passed"]);
});

function podOf(name: string) {
  const ref = { kind: "Pod", name };
  const text = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"}}`;
  return { ref, format: "json", body: new TextEncoder().encode(text) };
}

describe("what stands in the way is said", () => {
  const never = {
    clients: [[{ verb: "apply", ...podOf("a") } as const]],
    acknowledged: 2,
    turns: 0,
  };

  test.each([
    [
      "a module that cannot be imported",
      { ...sound, module: new URL("fixtures/throws.ts", import.meta.url).href },
      /cannot be imported: broken on import/,
    ],
    ["an end that never comes", sound, /the script was over before it was killed/],
    [
      "neither a module nor a crash()",
      { name: sound.name, open: sound.open },
      /the subject has no crash\(\)/,
    ],
  ])("%s", async (_, subject, message) => {
    const report = await judgeOne(async (context) => void (await context.killed(never)), subject);
    expect(report.message).toMatch(message);
  });
});

describe("steps", () => {
  test("of every opening are heard, and those of a survivor too", async () => {
    const names = new Map<string, string>();
    const steps: string[] = [];
    const open: Subject["open"] = async ({ directory, step }) => {
      names.set(directory, String(names.size));
      step();
      return await fakeSubject().open({ directory, step, seed: 1 });
    };
    const subject = fakeSubject({ open, steps: true, crash: (_, survivor) => open(survivor) });
    const report = await judgeOne(async (context) => {
      const store = await context.openAnother(() => void steps.push("first"));
      const survivor = await store.left("crash", () => void steps.push("survivor"));
      await survivor.left("crash");
      await survivor.discard();
    }, subject);
    expect(report).toMatchObject({ status: "passed" });
    expect(steps).toEqual(["first", "survivor"]);
  });

  test("of making a store that are not told are a failure", async () => {
    const silent: Subject = { ...sound, crash: (_, survivor) => sound.open(survivor), steps: true };
    await expectFailure(requirements, "DUR-009", /there was none of making a store/, silent);
  });

  test("that a subject says it has and does not are a failure", async () => {
    const liar: Subject = { ...sound, crash: (_, survivor) => sound.open(survivor), steps: true };
    await expectFailure(
      requirements,
      "DUR-008",
      /says that it has steps, and there was none/,
      liar,
    );
  });
});
