/** What `semantic` fidelity leaves to compare. */

import { defaultCapabilities } from "@engenho/sdk";
import { expect, test } from "vitest";
import { Fixtures, writableFormats } from "../src/harness/fixtures.ts";
import { assertManifestKept } from "../src/harness/kept-fields.ts";

const capabilities = {
  ...defaultCapabilities,
  formats: writableFormats,
  fidelity: "semantic",
} as const;

test.each(writableFormats)("another value in %s is found", (format) => {
  const [applied, other] = [1, 2].map((value) =>
    new Fixtures(capabilities).manifest({ name: "a", kind: "Job", value, format }),
  );
  if (applied === undefined || other === undefined) throw new Error("there are two");
  const { ref, body } = applied;
  const compare = (read: Uint8Array): void => {
    const revision = "1" as Parameters<typeof assertManifestKept>[2]["revision"];
    assertManifestKept(capabilities, applied, { ref, format, body: read, revision }, "it");
  };
  expect(() => compare(body)).not.toThrow();
  expect(() => compare(other.body)).toThrow(/value/);
});
