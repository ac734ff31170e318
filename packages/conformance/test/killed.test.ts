/** Processes that are killed: what they acknowledged is known, and what they leave behind is judged. */

import { describe, expect, test } from "vitest";
import { requirements } from "../src/requirements/index.ts";
import type { Subject } from "../src/harness/subject.ts";
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
