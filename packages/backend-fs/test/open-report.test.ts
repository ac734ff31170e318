/** An observer is told of every store that opens, of no other, and can do it no harm. */

import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type { OpenReport } from "../src/index.ts";
import { failureOf, makeDirectory, open, podManifest } from "./support.ts";

test("the report says what was opened", async () => {
  const root = makeDirectory();
  const first = await open(root, { faceName: "kubernetes" });
  await first.apply("yaml", podManifest("nginx"));
  await first.apply("yaml", podManifest("broken"));
  await first.close();
  writeFileSync(join(root, "Pod/default/broken.envelope"), "");
  writeFileSync(join(root, "README"), "mine");
  const reports: OpenReport[] = [];
  const backend = await open(root, { onOpen: (report) => reports.push(report) });
  const { platform } = backend.diagnostics();
  expect(reports).toEqual([
    {
      root,
      faceName: "kubernetes",
      resources: 1,
      damaged: 1,
      skipped: { count: 1, items: [{ path: "README", reason: "not a resource" }] },
      platform,
      // Of the three directories.
      commits: { batches: 0, changes: 0, largestBatch: 0, syncs: 3 },
      journal: null,
      milliseconds: expect.any(Number),
    },
  ]);
});

test("it is made before open resolves, and never of an open that fails", async () => {
  const root = makeDirectory();
  const events: string[] = [];
  const onOpen = (): number => events.push("report");
  await open(root, { onOpen }).then(() => events.push("open"));
  expect(events).toEqual(["report", "open"]);
  expect((await failureOf(open(root, { onOpen }))).code).toBe("locked");
  expect(events).toHaveLength(2);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("mine");
    },
  ],
  ["rejects", () => Promise.reject(new Error("mine"))],
  [
    "spoils the report",
    (report: OpenReport) => {
      Object.assign(report.platform.evidence, { host: null });
      throw new Error("mine");
    },
  ],
])("an observer that %s harms nothing, and is warned of", async (_, onOpen) => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const root = makeDirectory();
  const backend = await open(root, { onOpen });
  await backend.apply("yaml", podManifest("nginx"));
  expect(backend.diagnostics()).toMatchObject({
    platform: { evidence: { host: { platform: process.platform } } },
  });
  expect(warn.mock.calls).toEqual([[`onOpen of the store ${root} failed: mine`, "EngenhoWarning"]]);
  warn.mockRestore();
});
