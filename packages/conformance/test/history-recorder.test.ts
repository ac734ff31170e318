/** Histories of stores in trouble: a failure is recorded as what its outcome says. */

import { BackendError, createInMemoryBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { checkWatches, HistoryRecorder } from "../src/index.ts";
import { delegate } from "./support/delegate.ts";

const ref = { kind: "ConfigMap", namespace: "default", name: "a" };

test.each([
  ["none", "refused"],
  ["unknown", "unknown"],
] as const)("a write that fails with outcome %s is %s", async (outcome, type) => {
  await using sound = await createInMemoryBackend();
  const apply = async (): Promise<never> => {
    throw new BackendError("unavailable", "away", { outcome });
  };
  const backend = delegate(sound, { apply });
  const recorder = new HistoryRecorder({ trouble: "told" });
  expect(await recorder.write(1, backend, { ref, value: "v1" })).toEqual({ type });
  expect(recorder.history).toMatchObject([{ result: { type } }]);
  await expect(new HistoryRecorder().write(1, backend, { ref, value: "v1" })).rejects.toThrow(
    "away",
  );
});

test("a read that fails is left out", async () => {
  await using sound = await createInMemoryBackend();
  const get = async (): Promise<never> => {
    throw new BackendError("unavailable", "away");
  };
  const backend = delegate(sound, { get });
  const recorder = new HistoryRecorder({ trouble: "told" });
  expect(await recorder.get(1, backend, ref)).toEqual({ type: "unknown" });
  expect(recorder.history).toEqual([]);
});

test("moments are positions between calls and returns", async () => {
  await using backend = await createInMemoryBackend();
  const recorder = new HistoryRecorder();
  const before = recorder.moment();
  await recorder.write(1, backend, { ref, value: "v1" });
  const after = recorder.moment();
  const [write] = recorder.history;
  expect([before, write?.call, write?.return, after]).toEqual([1, 2, 3, 4]);
});

test("what a watch tells is observed as the history has it", async () => {
  await using backend = await createInMemoryBackend();
  const recorder = new HistoryRecorder();
  const result = await recorder.write(1, backend, { ref, value: "v1" });
  const events = [];
  for await (const event of await backend.watch(ref.kind, undefined, "yaml")) {
    events.push(recorder.observe(backend, event));
    if (event.type === "bookmark") break;
  }
  const revision = "revision" in result ? (result.revision ?? "") : "";
  const shown = { resource: recorder.history[0]?.resource ?? "", body: "v1", revision };
  expect(events).toMatchObject([
    { type: "added", ...shown, at: 3 },
    { type: "bookmark", at: 4 },
  ]);
  const watch = { name: "one", events, final: [shown] };
  expect(checkWatches(recorder.history, [watch])).toEqual({ verdict: "ok", events: 2 });
});
