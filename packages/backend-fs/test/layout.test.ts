/** Where resources lie: no two in one place, each found again. */

import type { ResourceRef } from "@engenho/sdk";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeSegment,
  encodeSegment,
  knownReference,
  possiblePaths,
  storePath,
} from "../src/layout.ts";

const pieces = [
  "a",
  "A",
  "b",
  "%",
  "%2F",
  "%-",
  "2F",
  "/",
  "\\",
  "_",
  ".",
  "-",
  ":",
  " ",
  "é",
  "e\u0301",
  "😀",
  "_cluster",
  ".envelope",
  "CON",
];
const hashLike = encodeSegment("x".repeat(300), 10);

/** Text that looks like what the layout itself writes, and text of any kind. */
const text = fc
  .oneof(
    fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join("")),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 253 }),
    fc
      .constantFrom("a", "A", "ä")
      .chain((unit) => fc.integer({ min: 235, max: 253 }).map((n) => unit.repeat(n))),
    fc.constant(hashLike),
  )
  .filter((value) => value !== "" && value.isWellFormed());

const reference: fc.Arbitrary<ResourceRef> = fc.oneof(
  fc.record({ kind: text, name: text }),
  fc.record({ kind: text, name: text, namespace: text }),
);

describe("storePath", () => {
  test("two references never share a path", () => {
    fc.assert(
      fc.property(reference, reference, (a, b) => {
        const same = a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;
        expect(storePath(a) === storePath(b)).toBe(same);
      }),
      { numRuns: 5_000 },
    );
  });

  test("is three ASCII segments that every filesystem takes, and none that is ours", () => {
    fc.assert(
      fc.property(reference, (ref) => {
        const segments = storePath(ref).split("/");
        expect(segments).toHaveLength(3);
        for (const segment of segments) expect(segment).toMatch(/^[A-Za-z0-9._:@%-]{1,255}$/);
        expect(segments[0]).toMatch(/^[A-Za-z0-9%]/);
        expect(segments[1]).toMatch(/^(_cluster|[A-Za-z0-9%].*)$/);
        expect(segments[1] === "_cluster").toBe(ref.namespace === undefined);
        expect(segments[2]).toMatch(/^[A-Za-z0-9%].*\.envelope$/);
      }),
    );
  });

  test.each([
    [{ kind: "Pod", name: "nginx", namespace: "default" }, "Pod/default/nginx.envelope"],
    [{ kind: "ClusterRole", name: "system:node" }, "ClusterRole/_cluster/system:node.envelope"],
    [
      { kind: "Service.serving.knative.dev", name: "web", namespace: "a" },
      "Service.serving.knative.dev/a/web.envelope",
    ],
    [{ kind: "Unit", name: "getty@tty1.service" }, "Unit/_cluster/getty@tty1.service.envelope"],
    [{ kind: "Pod", name: "a/b" }, "Pod/_cluster/a%2Fb.envelope"],
    [{ kind: "Pod", name: "a%2Fb" }, "Pod/_cluster/a%252Fb.envelope"],
    [
      { kind: "_meta.json", name: ".x", namespace: "_cluster" },
      "%5Fmeta.json/%5Fcluster/%2Ex.envelope",
    ],
    [{ kind: "CON", name: "a.", namespace: "é" }, "CON/%C3%A9/a%2E.envelope"],
  ])("%j lies at %s", (ref, path) => {
    expect(storePath(ref)).toBe(path);
  });

  test("a name too long for a segment is hashed", () => {
    const long = "n".repeat(247);
    expect(storePath({ kind: "Pod", name: "n".repeat(246) })).toBe(
      `Pod/_cluster/${"n".repeat(246)}.envelope`,
    );
    expect(storePath({ kind: "Pod", name: long })).toMatch(
      /^Pod\/_cluster\/%-[0-9a-f]{64}\.envelope$/,
    );
    expect(decodeSegment(encodeSegment(long, 246))).toBeUndefined();
  });
});

describe("what a path says", () => {
  test("a segment gives its text back", () => {
    fc.assert(
      fc.property(text, (value) => {
        const segment = encodeSegment(value);
        fc.pre(!segment.startsWith("%-"));
        expect(decodeSegment(segment)).toBe(value);
      }),
    );
  });

  test("what is known of a reference from its path is never wrong", () => {
    fc.assert(
      fc.property(reference, (ref) => {
        const path = storePath(ref);
        const {
          kind = ref.kind,
          name = ref.name,
          namespace = ref.namespace ?? null,
        } = knownReference(path);
        expect({ kind, name, namespace }).toEqual({ ...ref, namespace: ref.namespace ?? null });
        expect(possiblePaths(ref)).toContain(path);
      }),
    );
  });

  test("a plain path says everything", () => {
    expect(knownReference("Pod/default/nginx.envelope")).toEqual({
      kind: "Pod",
      namespace: "default",
      name: "nginx",
    });
    expect(knownReference("Node/_cluster/n1.envelope")).toEqual({
      kind: "Node",
      namespace: null,
      name: "n1",
    });
    expect(knownReference("Pod/default/a/b.envelope")).toEqual({
      kind: "Pod",
      namespace: "default",
      name: "a/b",
    });
    expect(knownReference("Pod/nginx.envelope")).toEqual({ kind: "Pod" });
  });
});
