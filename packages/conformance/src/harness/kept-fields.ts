/** Whether a resource still says what was applied, as closely as the backend's fidelity promises. */

import {
  type Capabilities,
  DecimalNumber,
  k8sJson,
  k8sYaml,
  type ManifestValue,
  type Resource,
} from "@engenho/sdk";
import { assertBytes, assertEqual, fail } from "./assertions.ts";
import { keepsBytes, manifestValue } from "./fixtures.ts";
import type { Sample } from "./subject.ts";

/** Fails unless the bytes are the applied ones, or with `semantic` fidelity every applied field is there. */
export function assertKept(
  capabilities: Capabilities,
  applied: Pick<Sample, "format" | "body">,
  read: Resource,
  what: string,
): void {
  if (keepsBytes(capabilities, read.ref.kind)) {
    assertBytes(read.body, applied.body, what);
    return;
  }
  const adapter = [k8sJson, k8sYaml].find(({ format }) => format === applied.format);
  // An opaque payload has no fields.
  if (adapter?.parse === undefined) return;
  const lost = lostField(adapter.parse(applied.body), adapter.parse(read.body), "");
  if (lost !== undefined) fail(`${what}: the applied field ${lost} is not there with its value`);
}

/** The same for a manifest of the suite's own: of a format whose fields are not read, its value. */
export function assertManifestKept(
  capabilities: Capabilities,
  applied: Pick<Sample, "format" | "body">,
  read: Resource,
  what: string,
): void {
  assertKept(capabilities, applied, read, what);
  assertEqual(manifestValue(read.body), manifestValue(applied.body), `${what}: value`);
}

/** The path of the first part of `applied` that `live` lacks; what it has besides is its own affair. */
function lostField(applied: ManifestValue, live: ManifestValue, path: string): string | undefined {
  if (applied instanceof Map) {
    if (!(live instanceof Map)) return path;
    for (const [key, value] of applied as ReadonlyMap<string, ManifestValue>) {
      const other = (live as ReadonlyMap<string, ManifestValue>).get(key);
      const lost =
        other === undefined ? `${path}.${key}` : lostField(value, other, `${path}.${key}`);
      if (lost !== undefined) return lost;
    }
    return undefined;
  }
  if (Array.isArray(applied)) {
    if (!Array.isArray(live) || live.length !== applied.length) return path;
    for (const [i, value] of applied.entries()) {
      const lost = lostField(value as ManifestValue, live[i] as ManifestValue, `${path}[${i}]`);
      if (lost !== undefined) return lost;
    }
    return undefined;
  }
  if (applied instanceof DecimalNumber) {
    return live instanceof DecimalNumber && Number(live.text) === Number(applied.text)
      ? undefined
      : path;
  }
  return applied === live ? undefined : path;
}
