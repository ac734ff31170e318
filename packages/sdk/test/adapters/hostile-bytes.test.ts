/** Whatever the bytes: a value or a BackendError of one line, and no secret in it. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { k8sJson, k8sYaml, nativeAdapter, nomadHcl } from "../../src/adapters/index.ts";
import { BackendError } from "../../src/contract/index.ts";
import { encodeEnvelope } from "../../src/codec/index.ts";
import { encode } from "./arbitrary-values.ts";

const secret = "hunter2hunter2";
const yaml = `apiVersion: v1
kind: Secret
metadata: {name: a, namespace: b, labels: {x: &x "1"}}
stringData:
  token: ${secret}
  quoted: "${secret}\\n${secret}"
  single: '${secret}'
  text: |-
    ${secret}
    ${secret}
  list: [*x, ${secret}]
`;
const json = JSON.stringify({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "a" },
  stringData: { token: secret, list: [1, secret, `${secret}\n`] },
});
const hcl = `variable "x" { default = "${secret}" }
job "a" {
  namespace = "b"
  meta { token = "${secret}\\n$\{var.x}" } # ${secret}
  group "g" {
    data = <<EOT
${secret} $\{ join(",", ["${secret}", /* ${secret} */ 1]) }
EOT
  }
}
`;
const envelope = encodeEnvelope({
  ref: { kind: "Secret", name: "a" },
  format: "json",
  payload: encode(json),
});

const readers: readonly ((body: Uint8Array) => unknown)[] = [
  (body) => k8sJson.reference(body),
  (body) => k8sYaml.reference(body),
  (body) => nativeAdapter.reference(body),
  (body) => nomadHcl.reference(body),
  (body) => k8sJson.parse?.(body),
  (body) => k8sYaml.parse?.(body),
];

/** Reads a body in every way; returns the errors of those that fail. */
function errorsOf(body: Uint8Array): unknown[] {
  return readers.flatMap((read) => {
    try {
      read(body);
      return [];
    } catch (error) {
      return [error];
    }
  });
}

/** What is wrong with an error, if anything. */
function flaw(error: unknown): string | undefined {
  if (!BackendError.is(error)) return `foreign: ${String(error)}`;
  if (!/^(?:invalid_manifest|unsupported_format|too_large)$/.test(error.code))
    return `code: ${error.code}`;
  if (error.message.includes("\n")) return `several lines: ${error.message}`;
  return `${error.message} ${String(error.cause)}`.includes("hunter2") ? error.message : undefined;
}

test("random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
      expect(errorsOf(body).map(flaw)).not.toContainEqual(expect.any(String));
    }),
    { numRuns: 500 },
  );
});

test("random text of what YAML, JSON and HCL are made of", () => {
  const soup = fc.string({
    unit: fc.constantFrom(..."[]{}:,-?&*!|>%@'\"#\\ \n\t\r0a.<~=$/"),
    maxLength: 60,
  });
  fc.assert(
    fc.property(soup, (source) => {
      expect(errorsOf(encode(source)).map(flaw)).not.toContainEqual(expect.any(String));
    }),
    { numRuns: 3000 },
  );
});

test("manifests with a few bytes changed, and no secret in the messages", () => {
  const inserted = fc.string({
    unit: fc.constantFrom(..."[]{}:,-?&*!|>%'\"#\\ \n\t"),
    maxLength: 3,
  });
  const change = fc.tuple(fc.nat(), fc.nat(4), inserted);
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(encode(yaml), encode(json), encode(hcl), envelope),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (original, changes) => {
        let body = original;
        for (const [position, length, text] of changes) {
          const at = position % (body.length + 1);
          body = Uint8Array.of(
            ...body.subarray(0, at),
            ...encode(text),
            ...body.subarray(at + length),
          );
        }
        const errors = errorsOf(body);
        refused += errors.length;
        expect(errors.map(flaw)).not.toContainEqual(expect.any(String));
      },
    ),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(1000);
});
