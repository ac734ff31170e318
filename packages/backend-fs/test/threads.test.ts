/** Threads that cannot be had, and what they are not to inherit. */

import type * as threads from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { threadRunner } from "../src/commit/job-runners.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

/** How many threads the system still gives. */
const system = vi.hoisted(() => ({ left: Infinity, begun: new Set<threads.Worker>() }));

vi.mock("node:worker_threads", async (importOriginal) => {
  const original = await importOriginal<typeof threads>();
  return {
    ...original,
    Worker: class extends original.Worker {
      constructor(...[script, options]: ConstructorParameters<typeof original.Worker>) {
        if (system.left-- <= 0) throw new Error("Worker initialization failure: EAGAIN");
        super(script, options);
        system.begun.add(this);
        this.once("exit", () => system.begun.delete(this));
      }
    },
  };
});

afterEach(() => {
  system.left = Infinity;
  vi.unstubAllEnvs();
});

test("writes go on with the threads that are there", async () => {
  const backend = await open(makeDirectory());
  for (const left of [1, 0]) {
    system.left = left;
    const names = Array.from({ length: 20 }, (_, index) => `pod-${left}-${index}`);
    await Promise.all(names.map((name) => backend.apply("yaml", podManifest(name))));
  }
  system.left = Infinity;
  await backend.apply("yaml", podManifest("later"));
  expect(backend.resourceCount()).toBe(41);
});

test("without any, a root does not open, and does once there is one", async () => {
  const root = makeDirectory();
  system.left = 0;
  expect(await failureOf(open(root))).toMatchObject({ code: "unavailable", outcome: "none" });
  system.left = Infinity;
  await open(root);
});

test("one that is lost between writes is replaced, or the write is refused and nothing else", async () => {
  const runner = threadRunner({ root: makeDirectory(), syncs: false });
  await runner.run([]);
  for (const thread of system.begun) await thread.terminate();
  system.left = 0;
  await expect(runner.run([])).rejects.toMatchObject({ code: "unavailable", outcome: "none" });
  system.left = Infinity;
  await expect(runner.run([])).resolves.toEqual([]);
  await runner.close();
});

test("once closed, they begin no more: not for a read that comes late, nor for one that was under way", async () => {
  const runner = threadRunner({ root: makeDirectory(), syncs: false });
  await runner.run([]);
  const underWay = Promise.allSettled([runner.list("."), runner.read(".", ["a"], 10)]);
  const closed = runner.close();
  const late = [() => runner.list("."), () => runner.read(".", ["a"], 10), () => runner.run([])];
  const refused = { code: "closed", outcome: "none" };
  for (const ask of late) await expect(ask()).rejects.toMatchObject(refused);
  await Promise.all([closed, underWay]);
  for (const ask of late) await expect(ask()).rejects.toMatchObject(refused);
  expect(system.begun.size).toBe(0);
});

test("what NODE_OPTIONS has for this process does not reach them", async () => {
  vi.stubEnv("NODE_OPTIONS", "--require /nowhere/to/be/found.cjs");
  const backend = await open(makeDirectory());
  await backend.apply("yaml", podManifest("nginx"));
  expect(backend.resourceCount()).toBe(1);
});
