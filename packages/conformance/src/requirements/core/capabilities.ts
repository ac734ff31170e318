/** CORE 010–015 and 019: claims, and the same claims denied. */

import { type Capabilities, formatReference, type Verb } from "@engenho/sdk";
import {
  assert,
  assertEqual,
  assertRejects,
  assertResolves,
  fail,
  rejection,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import {
  canWrite,
  Fixtures,
  maxBodyBytesOf,
  takesFormat,
  writableFormats,
} from "../../harness/fixtures.ts";
import { assertKept } from "../../harness/kept-fields.ts";
import {
  largestManifest,
  largestTriedBody,
  manifestOfSize,
} from "../../harness/large-manifests.ts";
import type { Requirement } from "../requirement.ts";
import { verbCalls } from "./verb-calls.ts";

export const capabilityRequirements: readonly Requirement[] = [
  {
    id: "CORE-010",
    level: "MUST",
    profile: "core",
    title:
      "`capabilities` has every claim of contract 1, each with one of its values, no two of them at odds, `apply`, `get`, `list` and `delete` among its verbs, and never changes while the backend is open.",
    check: claimsAreComplete,
  },
  {
    id: "CORE-011",
    level: "MUST",
    profile: "core",
    title:
      "A verb that is not among `capabilities.verbs`, a snapshot or restore claimed to be `none`, rejects with `unsupported`, naming the verb and the backend; every other one does not.",
    check: unclaimedVerbsAreUnsupported,
  },
  {
    id: "CORE-012",
    level: "MUST",
    profile: "core",
    title:
      "`apply` and `get` take every format of `capabilities.formats` that the suite can write, and every verb refuses any other with `unsupported_format`, naming it.",
    check: formatsAreAsClaimed,
  },
  {
    id: "CORE-013",
    level: "MUST",
    profile: "core",
    title:
      "A body of `capabilities.maxBodyBytes` is taken and comes back; one byte more is `too_large` and changes nothing.",
    check: bodySizeIsLimited,
  },
  {
    id: "CORE-014",
    level: "MUST",
    profile: "core",
    title:
      "A backend whose `kinds` is `any` takes a kind that nobody has heard of; one with a list takes each kind on it, and refuses any other with `invalid_reference`, field `kind`.",
    check: kindsAreAsClaimed,
  },
  {
    id: "CORE-015",
    level: "MUST",
    profile: "core",
    title:
      "A precondition that is not among `capabilities.preconditions` is `unsupported` and nothing is written.",
    appliesTo: ({ preconditions }) => preconditions.length < 3,
    check: unclaimedPreconditionsAreUnsupported,
  },
  {
    id: "CORE-019",
    level: "MUST",
    profile: "core",
    title:
      "With `fidelity` `bytes`, `get` returns exactly the bytes that were applied; with `semantic`, every applied field has an equal value.",
    check: fidelityIsAsClaimed,
  },
];

const allowed: Readonly<
  Partial<Record<keyof Capabilities, readonly (string | number | boolean)[]>>
> = {
  contract: [1],
  durability: ["none", "process", "power-loss"],
  fidelity: ["bytes", "semantic"],
  snapshot: ["consistent", "per-kind", "none"],
  restore: ["atomic", "resumable", "none"],
  resume: [true, false],
  externalWrites: [true, false],
  sharing: ["private", "exclusive", "shared"],
  reads: ["linearizable", "read-your-writes"],
};
const knownVerbs: readonly Verb[] = [
  "apply",
  "get",
  "list",
  "delete",
  "watch",
  "snapshot",
  "restore",
];

async function claimsAreComplete({ backend, capabilities }: CheckContext): Promise<void> {
  for (const [claim, values] of Object.entries(allowed)) {
    const value: unknown = Reflect.get(capabilities, claim);
    assert(
      values.some((one) => one === value),
      `capabilities.${claim} is ${JSON.stringify(value)}, not one of ${values.join(", ")}`,
    );
  }
  const { verbs, preconditions, formats, maxBodyBytes, kinds, sharing, externalWrites } =
    capabilities;
  assertSubset("verbs", verbs, knownVerbs);
  assertSubset("preconditions", preconditions, ["create", "replace", "delete"]);
  assert(Array.isArray(formats) && formats.length > 0, "capabilities.formats names no format");
  assert(
    Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0,
    "capabilities.maxBodyBytes is not a positive integer",
  );
  assert(
    kinds === "any" || (Array.isArray(kinds) && kinds.length > 0),
    'capabilities.kinds is neither "any" nor a list',
  );
  for (const verb of ["apply", "get", "list", "delete"] as const)
    assert(verbs.includes(verb), `the verb ${verb} is not claimed, and no store is one without it`);
  if (verbs.includes("snapshot") && capabilities.snapshot === "none")
    fail("the verb snapshot is claimed, and snapshot is none");
  if (verbs.includes("restore") && capabilities.restore === "none")
    fail("the verb restore is claimed, and restore is none");
  if (sharing === "shared" && !externalWrites)
    fail("a shared store has other writers, so externalWrites cannot be false");
  const before = JSON.stringify(capabilities);
  const { format, body } = new Fixtures(capabilities).manifest({ name: "any" });
  await backend.apply(format, body);
  assertEqual(JSON.stringify(backend.capabilities), before, "capabilities after a write");
}

function assertSubset(claim: string, values: readonly string[], known: readonly string[]): void {
  assert(Array.isArray(values), `capabilities.${claim} is not a list`);
  for (const value of values)
    assert(
      known.includes(value),
      `capabilities.${claim} has "${value}", not one of ${known.join(", ")}`,
    );
}

async function unclaimedVerbsAreUnsupported({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  const { verbs, snapshot, restore } = capabilities;
  const denied = new Set(knownVerbs.filter((verb) => !verbs.includes(verb)));
  if (snapshot === "none") denied.add("snapshot");
  if (restore === "none") denied.add("restore");
  for (const { verb, call } of verbCalls(new Fixtures(capabilities).manifest({ name: "any" }))) {
    if (denied.has(verb)) {
      const error = await assertRejects(
        call(backend),
        "unsupported",
        `${verb}, which is not claimed`,
        { outcome: "none", retryable: false, mentions: verb },
      );
      assert(
        error.message.includes(backend.name),
        `the message should name the backend ${backend.name}: ${error.message}`,
      );
    } else {
      const error = await rejection(call(backend));
      if (error !== undefined) fail(`${verb} is claimed, and rejected: ${String(error.value)}`);
    }
  }
}

async function formatsAreAsClaimed({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of writableFormats) {
    const { ref, body } = fixtures.manifest({ name: `as-${format}`, format });
    if (takesFormat(capabilities, format)) {
      await assertResolves(backend.apply(format, body), `apply as ${format}, which is claimed,`);
      assertEqual((await backend.get(ref, format)).format, format, `format of a get as ${format}`);
    } else if (!capabilities.formats.includes(format)) {
      await assertRejects(backend.apply(format, body), "unsupported_format", `apply as ${format}`, {
        mentions: format,
      });
    }
  }
  const unknown = fixtures.manifest({ name: "unknown" });
  for (const { verb, call } of verbCalls({ ...unknown, format: "x-unknown" })) {
    if (!["apply", "get", "list", "watch"].includes(verb) || !capabilities.verbs.includes(verb))
      continue;
    await assertRejects(call(backend), "unsupported_format", `${verb} in an unknown format`, {
      mentions: "x-unknown",
    });
  }
}

async function bodySizeIsLimited({ backend, capabilities }: CheckContext): Promise<void> {
  const largest = largestManifest(capabilities);
  const { ref, format } = largest;
  const limit = maxBodyBytesOf(capabilities, ref.kind);
  const what = `a body of maxBodyBytes as ${formatReference(ref)}`;
  await assertResolves(backend.apply(format, largest.body), `apply of ${what}`);
  const read = await assertResolves(backend.get(ref, format), `get of ${what}`);
  assertKept(capabilities, largest, read, `get of ${what}`);
  if (limit > largestTriedBody) return;
  const { body } = manifestOfSize(capabilities, "too-large", limit + 1);
  await assertRejects(
    backend.apply(format, body),
    "too_large",
    "a body of one byte more than maxBodyBytes",
    { outcome: "none", retryable: false },
  );
  assertEqual(backend.resourceCount(), 1, "resources after the refusal");
}

async function kindsAreAsClaimed({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const { kinds } = capabilities;
  if (kinds === "any") {
    const { ref, format, body } = fixtures.manifest({ kind: "NeverHeardOf", name: "one" });
    await assertResolves(backend.apply(format, body), "apply of a kind that nobody has heard of");
    assertEqual(
      (await backend.get(ref, format)).ref.kind,
      "NeverHeardOf",
      "kind of what was applied",
    );
    return;
  }
  for (const { kind, scope } of kinds.filter((domain) => canWrite(capabilities, domain))) {
    const { format, body } = fixtures.manifest({
      kind,
      name: "one",
      ...(scope === "cluster" ? { namespace: null } : {}),
    });
    await backend.apply(format, body);
  }
  const { format } = fixtures;
  const ref = fixtures.ref("one", "default", "NeverHeardOf");
  // HCL cannot say another kind.
  if (format !== "hcl") {
    const { body } = fixtures.manifest({ kind: ref.kind, name: ref.name });
    await assertRejects(backend.apply(format, body), "invalid_reference", "apply of another kind", {
      field: "kind",
    });
  }
  await assertRejects(backend.get(ref, format), "invalid_reference", "get of another kind", {
    field: "kind",
  });
  await assertRejects(
    backend.list(ref.kind, undefined, format),
    "invalid_reference",
    "list of another kind",
    { field: "kind" },
  );
}

async function unclaimedPreconditionsAreUnsupported({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const first = fixtures.manifest({ name: "one", value: 1 });
  const second = fixtures.manifest({ name: "one", value: 2 });
  const { revision } = await backend.apply(first.format, first.body);
  const { preconditions } = capabilities;
  if (!preconditions.includes("create")) {
    const fresh = fixtures.manifest({ name: "fresh" });
    await assertRejects(
      backend.apply(fresh.format, fresh.body, { ifRevision: "absent" }),
      "unsupported",
      "a conditional create",
    );
  }
  if (!preconditions.includes("replace")) {
    await assertRejects(
      backend.apply(second.format, second.body, { ifRevision: revision }),
      "unsupported",
      "a conditional replace",
    );
  }
  if (!preconditions.includes("delete")) {
    await assertRejects(
      backend.delete(first.ref, { ifRevision: revision }),
      "unsupported",
      "a conditional delete",
    );
  }
  assertEqual(backend.resourceCount(), 1, "resources after refused conditional writes");
  assertEqual(
    (await backend.get(first.ref, first.format)).revision,
    revision,
    "revision after refused conditional writes",
  );
}

async function fidelityIsAsClaimed({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const format of ["yaml", "json", "hcl"].filter((one) => takesFormat(capabilities, one))) {
    const manifest = fixtures.manifest({
      name: `faithful-${format}`,
      value: "kept: exactly",
      format,
    });
    await backend.apply(format, manifest.body);
    assertKept(capabilities, manifest, await backend.get(manifest.ref, format), `get as ${format}`);
  }
}
