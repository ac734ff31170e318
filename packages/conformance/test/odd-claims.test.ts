/** Claims that are legal and unusual: such a backend is conformant, or the suite says that it cannot tell. */

import { type BackendOptions, createInMemoryBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { defineSubject, requirements, runSuite, type SubjectReport } from "../src/index.ts";

type Claims = NonNullable<BackendOptions["capabilities"]>;

async function judged(capabilities: Claims): Promise<SubjectReport | undefined> {
  const open = (): ReturnType<typeof createInMemoryBackend> =>
    createInMemoryBackend({ capabilities });
  const subject = defineSubject({ name: "odd", open });
  const report = await runSuite([subject], requirements, { seed: 1, full: false });
  return report.subjects[0];
}

const formats = ["yaml", "json", "native"];

test.each<[string, Claims]>([
  [
    "formats that differ from kind to kind",
    {
      formats,
      kinds: [
        { kind: "Widget", formats: ["json", "native"] },
        { kind: "Gadget", formats: ["yaml", "native"] },
      ],
    },
  ],
  [
    "a kind in one format only, before one in all",
    { formats, kinds: [{ kind: "Blob", formats: ["native"] }, { kind: "Widget" }] },
  ],
  [
    "a cluster-scoped kind before one with namespaces",
    {
      formats,
      kinds: [
        { kind: "Node", scope: "cluster", formats: ["json"] },
        { kind: "Widget", formats: ["yaml"] },
      ],
    },
  ],
  ["bodies of 1,024 bytes at most", { maxBodyBytes: 1_024 }],
  [
    "a kind with bodies of 1,024 bytes at most",
    { kinds: [{ kind: "Widget", maxBodyBytes: 1_024 }, { kind: "Gadget" }] },
  ],
  [
    "names as short and as plain as the suite's",
    { kinds: [{ kind: "Widget", names: "[a-z](?:[-a-z0-9]{0,30}[a-z0-9])?" }] },
  ],
  [
    "a kind with names of its own, before one with any",
    { kinds: [{ kind: "Unit", names: ".+\\.service" }, { kind: "Widget" }] },
  ],
  [
    "a kind that its format cannot say, beside one that it can",
    {
      formats: [...formats, "hcl"],
      kinds: [
        { kind: "Widget", formats },
        { kind: "Unit", formats: ["hcl"] },
      ],
    },
  ],
])("%s: conformant", async (_, claims) => {
  const report = await judged(claims);
  expect(report?.errors).toEqual([]);
  expect(report?.requirements.length).toBeGreaterThan(80);
  expect(
    report?.requirements
      .filter(({ status }) => status !== "passed")
      .map(({ id, message }) => `${id} ${message}`),
  ).toEqual([]);
});

test.each<[string, Claims, RegExp]>([
  [
    "cluster-scoped kinds only",
    { kinds: [{ kind: "Node", scope: "cluster" }] },
    /cannot judge them yet: every kind is cluster-scoped/,
  ],
  [
    "a format that can say none of the kinds",
    { formats: ["hcl"], kinds: [{ kind: "Widget" }] },
    /cannot judge them yet: no kind with namespaces is taken in a format that the suite writes/,
  ],
  [
    "names that end in what they are",
    { kinds: [{ kind: "Unit", names: ".+\\.service" }] },
    /cannot judge them yet: no kind with namespaces takes the suite's names/,
  ],
  [
    "names that are too short",
    {
      kinds: [
        { kind: "Unit", names: "[-a-z0-9]{1,8}" },
        { kind: "Node", scope: "cluster" },
      ],
    },
    /cannot judge them yet: no kind with namespaces takes the suite's names \(up to 32 lower-case/,
  ],
  [
    "bodies too small for a manifest",
    { maxBodyBytes: 200 },
    /cannot judge them yet: maxBodyBytes is 200, and its manifests need up to 1024/,
  ],
  [
    "bodies of one kind too small for a manifest",
    { kinds: [{ kind: "Widget" }, { kind: "Tiny", maxBodyBytes: 1_023 }] },
    /cannot judge them yet: maxBodyBytes is 1023/,
  ],
])("%s: cannot be judged, which is no failure", async (_, claims, message) => {
  await expect(judged(claims)).rejects.toThrow(message);
});
