/** CORE 022–024: what a list of kinds claims of each one's references. */

import { type Capabilities, formatReference, type KindDomain } from "@engenho/sdk";
import { assertEqual, assertReference, assertRejects } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { canWrite, Fixtures, type Manifest, takesName } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";

export const kindRequirements: readonly Requirement[] = [
  {
    id: "CORE-022",
    level: "MUST",
    profile: "core",
    title:
      "A kind whose `scope` is `cluster` takes no reference with a namespace, one that is `namespaced` and has no `defaultNamespace` none without: `apply`, `get` and `delete` refuse it with `invalid_reference`, field `namespace`, and nothing is written.",
    appliesTo: (capabilities) => narrowed(capabilities, misplaced).length > 0,
    check: scopesAreAsClaimed,
  },
  {
    id: "CORE-023",
    level: "MUST",
    profile: "core",
    title:
      "Where a kind has a `defaultNamespace`, whatever names no namespace is in that one: what is applied without it is read and deleted with it, and the other way round.",
    appliesTo: (capabilities) => narrowed(capabilities, defaultNamespaceOf).length > 0,
    check: defaultNamespacesAreAsClaimed,
  },
  {
    id: "CORE-024",
    level: "MUST",
    profile: "core",
    title:
      "A name that a kind's `names` do not match is refused by `apply`, `get` and `delete` with `invalid_reference`, field `name`, and nothing is written.",
    appliesTo: (capabilities) => narrowed(capabilities, refusedName).length > 0,
    check: namesAreAsClaimed,
  },
];

/** The kinds that make a claim, each with what is to be tried of it. */
function narrowed<T>(
  capabilities: Capabilities,
  claim: (domain: KindDomain) => T | undefined,
): readonly { readonly kind: string; readonly claimed: T }[] {
  if (capabilities.kinds === "any") return [];
  return capabilities.kinds
    .filter((domain) => canWrite(capabilities, domain))
    .flatMap((domain) => {
      const claimed = claim(domain);
      return claimed === undefined ? [] : [{ kind: domain.kind, claimed }];
    });
}

/** The namespace (null for none) that a kind's resources cannot have. */
function misplaced({ scope, defaultNamespace }: KindDomain): string | null | undefined {
  if (scope === "cluster") return "default";
  return scope === "namespaced" && defaultNamespace === undefined ? null : undefined;
}

function defaultNamespaceOf({ defaultNamespace }: KindDomain): string | undefined {
  return defaultNamespace;
}

/** A legal name that a kind does not take; undefined if it takes every one that is tried. */
function refusedName(domain: KindDomain): string | undefined {
  const tried = [
    "Upper",
    "under_score",
    "two words",
    "a/b",
    "\u00fcml\u00e4ut",
    "-",
    "n".repeat(200),
  ];
  return tried.find((name) => !takesName(domain, name));
}

async function scopesAreAsClaimed(context: CheckContext): Promise<void> {
  const fixtures = new Fixtures(context.capabilities);
  for (const { kind, claimed } of narrowed(context.capabilities, misplaced)) {
    const manifest = fixtures.manifest({ kind, name: "misplaced", namespace: claimed });
    await assertRefused(context, manifest, "namespace");
  }
}

async function namesAreAsClaimed(context: CheckContext): Promise<void> {
  const { capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  for (const { kind, claimed } of narrowed(capabilities, refusedName)) {
    const isCluster = narrowed(capabilities, misplaced).some(
      (one) => one.kind === kind && one.claimed !== null,
    );
    const place = isCluster ? { namespace: null } : {};
    await assertRefused(context, fixtures.manifest({ kind, name: claimed, ...place }), "name");
  }
}

/** Fails unless every verb with a reference refuses this one for that field. */
async function assertRefused(
  { backend }: CheckContext,
  { ref, format, body }: Manifest,
  field: string,
): Promise<void> {
  const what = `${formatReference(ref)}, which its kind does not take`;
  const refused = { field, outcome: "none" } as const;
  await assertRejects(
    backend.apply(format, body),
    "invalid_reference",
    `apply of ${what}`,
    refused,
  );
  await assertRejects(backend.get(ref, format), "invalid_reference", `get of ${what}`, { field });
  await assertRejects(backend.delete(ref), "invalid_reference", `delete of ${what}`, refused);
  assertEqual(backend.resourceCount(), 0, `resources after a refused apply of ${what}`);
}

async function defaultNamespacesAreAsClaimed({
  backend,
  capabilities,
}: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  for (const { kind, claimed: namespace } of narrowed(capabilities, defaultNamespaceOf)) {
    const bare = fixtures.manifest({ kind, name: "placed", namespace: null });
    const full = fixtures.manifest({ kind, name: "placed", namespace, format: bare.format });
    for (const [written, read] of [
      [bare, full],
      [full, bare],
    ] as const) {
      const how = `${formatReference(written.ref)}, whose kind has the default namespace ${namespace}`;
      const applied = await backend.apply(written.format, written.body);
      assertReference(applied.ref, full.ref, `apply of ${how}`);
      const got = await backend.get(read.ref, read.format);
      assertReference(
        got.ref,
        full.ref,
        `get of ${formatReference(read.ref)} after apply of ${how}`,
      );
      const { items } = await backend.list(kind, namespace, read.format);
      assertEqual(
        items.map(({ ref }) => ref.name),
        ["placed"],
        `names in a list of ${namespace} after apply of ${how}`,
      );
      await backend.delete(read.ref);
      assertEqual(
        backend.resourceCount(),
        0,
        `resources after apply of ${how} and delete of ${formatReference(read.ref)}`,
      );
    }
  }
}
