/** CORE 060–063: get, and the formats it translates between. */

import { k8sJson, k8sYaml } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { applySample, Fixtures, keepsBytes } from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import type { Requirement } from "../requirement.ts";
import { takesAny } from "./takes-any.ts";
import { assertSaysTricky, trickyJson, trickyReference, trickyYaml } from "./tricky-manifests.ts";

const ref = trickyReference;

const encoder = new TextEncoder();

export const getRequirements: readonly Requirement[] = [
  {
    id: "CORE-060",
    level: "MUST",
    profile: "core",
    title:
      "`get` and `delete` of a resource that is not there are `not_found`; the error carries the reference, the verb and the backend.",
    check: missingIsNotFound,
  },
  {
    id: "CORE-061",
    level: "MUST",
    profile: "core",
    title:
      "Every sample manifest, applied, is read back under its reference with its bytes as they were (every field, if `fidelity` is `semantic`).",
    check: samplesComeBack,
  },
  {
    id: "CORE-062",
    level: "MUST",
    profile: "core",
    title:
      "`get` in another format translates between YAML and JSON and loses nothing: integers above 2^53, long decimals, text that looks like a number, order and unusual keys survive.",
    appliesTo: (capabilities) => takesAny(capabilities, "yaml", "json"),
    check: translationIsLossless,
  },
  {
    id: "CORE-063",
    level: "MUST",
    profile: "core",
    title:
      "`get` never returns a body in a format other than the one asked for: what the other format cannot say is `unsupported_format`, with the reason.",
    appliesTo: (capabilities) => takesAny(capabilities, "yaml", "json"),
    check: untranslatableIsUnsupported,
  },
];

async function missingIsNotFound({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const there = fixtures.manifest({ name: "there" });
  await backend.apply(there.format, there.body);
  for (const missing of [fixtures.ref("missing"), fixtures.ref("there", "elsewhere")]) {
    for (const verb of ["get", "delete"] as const) {
      const call = verb === "get" ? backend.get(missing, there.format) : backend.delete(missing);
      const error = await assertRejects(call, "not_found", `${verb} of what is not there`, {
        outcome: "none",
      });
      assertEqual(
        { verb: error.verb, backend: error.backend },
        { verb, backend: backend.name },
        "verb and backend of the error",
      );
      assert(error.ref !== undefined, "the error carries no reference");
      assertReference(error.ref, missing, "the error");
    }
  }
  assertEqual(backend.resourceCount(), 1, "resources afterwards");
}

async function samplesComeBack({ backend, capabilities, samples }: CheckContext): Promise<void> {
  const applied = [];
  for (const sample of samples) {
    if (!capabilities.formats.includes(sample.format)) continue;
    applied.push({ sample, result: await applySample(backend, sample) });
  }
  const references = new Set(applied.map(({ result }) => JSON.stringify(result.ref)));
  assertEqual(backend.resourceCount(), references.size, "resources after one apply of each sample");
  for (const { sample, result } of applied) {
    const read = await backend.get(result.ref, sample.format);
    assertReference(read.ref, result.ref, `get of ${sample.name}`);
    assertEqual(read.format, sample.format, `format of ${sample.name}`);
    assertKept(capabilities, sample, read, `get of ${sample.name}`);
  }
}

async function translationIsLossless({ backend }: CheckContext): Promise<void> {
  for (const [format, text, other] of [
    ["yaml", trickyYaml, k8sJson],
    ["json", trickyJson, k8sYaml],
  ] as const) {
    await backend.apply(format, encoder.encode(text));
    const translated = await backend.get(ref, other.format);
    assertEqual(translated.format, other.format, "format of the translation");
    assertSaysTricky(other, translated.body, `${format} read as ${other.format}`);
  }
}

async function untranslatableIsUnsupported({ backend, capabilities }: CheckContext): Promise<void> {
  for (const [name, value] of [
    ["infinity", ".inf"],
    ["nan", ".nan"],
    ["binary", "!!binary aGk="],
  ] as const) {
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata: ${value}\n`;
    const { ref: applied } = await backend.apply("yaml", encoder.encode(body));
    await assertRejects(
      backend.get(applied, "json"),
      "unsupported_format",
      `get as json of a YAML with ${value}`,
      { outcome: "none" },
    );
    const read = await backend.get(applied, "yaml");
    if (keepsBytes(capabilities, applied.kind))
      assertBytes(read.body, encoder.encode(body), "get in the applied format");
  }
  if (!capabilities.formats.includes("hcl")) return;
  const fixtures = new Fixtures(capabilities);
  for (const [own, other] of [
    ["hcl", "json"],
    ["hcl", "yaml"],
    ["json", "hcl"],
  ] as const) {
    const job = fixtures.manifest({ kind: "Job", name: `${own}-as-${other}`, format: own });
    await backend.apply(own, job.body);
    await assertRejects(
      backend.get(job.ref, other),
      "unsupported_format",
      `get as ${other} of a job that was applied as ${own}`,
      { outcome: "none", mentions: "hcl" },
    );
    const read = await backend.get(job.ref, own);
    assertKept(capabilities, job, read, "get in the applied format");
  }
}
