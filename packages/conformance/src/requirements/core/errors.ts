/** CORE 090–094: errors. */

import { BackendError, type ErrorCode, type Revision, type StoreBackend } from "@engenho/sdk";
import {
  assert,
  assertEqual,
  assertRejects,
  fail,
  rejection,
  show,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, type Manifest } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";

export const errorRequirements: readonly Requirement[] = [
  {
    id: "CORE-090",
    level: "MUST",
    profile: "core",
    title:
      "An argument of a wrong type makes the verb reject with a TypeError; nothing throws synchronously, nothing changes.",
    check: wrongTypesReject,
  },
  {
    id: "CORE-091",
    level: "MUST",
    profile: "core",
    title:
      "Every other failure is a BackendError whose message begins with its code, on one line, and which says the verb, the backend, the outcome and whether a retry can help.",
    check: errorsAreComplete,
  },
  {
    id: "CORE-092",
    level: "MUST",
    profile: "core",
    title:
      "No error message, and none of its causes', repeats what a manifest keeps in its values.",
    check: messagesKeepSecrets,
  },
  {
    id: "CORE-093",
    level: "MUST",
    profile: "core",
    title:
      "Failures of different causes have different codes: a missing resource, a bad reference, a bad manifest and an unknown format can be told apart.",
    check: codesTellCausesApart,
  },
];

/** Calls that TypeScript would not let pass. One thing is wrong with each: which of two is found first is open. */
function wrongCalls(
  backend: StoreBackend,
  { ref, format, body }: Manifest,
): Readonly<Record<string, () => unknown>> {
  const loose = backend as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  const { kind, namespace } = ref;
  return {
    "apply without arguments": () => loose["apply"]?.(),
    "apply of a string": () => loose["apply"]?.(format, "{}"),
    "apply with a number as format": () => loose["apply"]?.(1, body),
    "apply with a number as ifRevision": () => loose["apply"]?.(format, body, { ifRevision: 1 }),
    "apply with an object as signal": () => loose["apply"]?.(format, body, { signal: {} }),
    "get without a reference": () => loose["get"]?.(undefined, format),
    "get with a number as name": () => loose["get"]?.({ ...ref, name: 1 }, format),
    "get with null as namespace": () => loose["get"]?.({ ...ref, namespace: null }, format),
    "list with a number as kind": () => loose["list"]?.(1, namespace, format),
    "list with a number as namespace": () => loose["list"]?.(kind, 1, format),
    "delete of a string": () => loose["delete"]?.("a"),
    'delete with ifRevision "absent"': () => loose["delete"]?.(ref, { ifRevision: "absent" }),
    "watch with a number as since": () => loose["watch"]?.(kind, namespace, format, { since: 1 }),
    "watch with 0 as bufferLimit": () =>
      loose["watch"]?.(kind, namespace, format, { bufferLimit: 0 }),
    "restore of a string": () => loose["restore"]?.("snapshot"),
  };
}

async function wrongTypesReject({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const there = fixtures.manifest({ name: "there", value: 1 });
  const { revision } = await backend.apply(there.format, there.body);
  const calls = wrongCalls(backend, fixtures.manifest({ name: "there", value: 2 }));
  for (const [what, call] of Object.entries(calls)) {
    const verb = what.split(" ", 1)[0] ?? "";
    if (!(capabilities.verbs as readonly string[]).includes(verb)) continue;
    let result: unknown;
    try {
      result = call();
    } catch (error) {
      fail(`${what} throws synchronously: ${String(error)}`);
    }
    if (!(result instanceof Promise)) return fail(`${what} returns no promise`);
    const error = await rejection(result);
    if (!(error?.value instanceof TypeError))
      fail(`${what} should reject with a TypeError, it got ${String(error?.value)}`);
  }
  const { items } = await backend.list(there.ref.kind, undefined, there.format);
  assertEqual(
    items.map((item) => [item.ref.name, item.revision]),
    [["there", revision]],
    "what is there afterwards",
  );
}

/** Codes after which the same call fails again, as long as nothing else changes. */
function isFinal(code: ErrorCode): boolean {
  return /^(?:invalid_.*|unsupported.*|not_found|closed|too_large)$/.test(code);
}

async function errorsAreComplete({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "missing" });
  const calls: Readonly<Record<string, readonly [verb: string, call: () => Promise<unknown>]>> = {
    "get of what is missing": ["get", () => backend.get(ref, format)],
    "delete of what is missing": ["delete", () => backend.delete(ref)],
    "apply in an unknown format": ["apply", () => backend.apply("x-unknown", body)],
    "apply of a few bytes": ["apply", () => backend.apply(format, body.slice(0, 5))],
    "apply over a revision of nothing": [
      "apply",
      () => backend.apply(format, body, { ifRevision: "no-such" as Revision }),
    ],
    "list with an empty namespace": ["list", () => backend.list(ref.kind, "", format)],
    "watch with an empty namespace": ["watch", () => backend.watch(ref.kind, "", format)],
    "restore of nothing": ["restore", () => backend.restore(new Uint8Array(0))],
  };
  for (const [what, [verb, call]] of Object.entries(calls)) {
    const value = (await rejection(call()))?.value;
    if (!BackendError.is(value))
      return fail(`${what} should reject with a BackendError, it got ${String(value)}`);
    assertEqual(
      [value.verb, value.backend],
      [verb, backend.name],
      `verb and backend of the error of ${what}`,
    );
    assertEqual(value.outcome, "none", `outcome of the error of ${what}`);
    assertEqual(typeof value.retryable, "boolean", `type of retryable of the error of ${what}`);
    if (isFinal(value.code))
      assertEqual(value.retryable, false, `retryable of the error of ${what} (${value.code})`);
    assert(
      value.message.startsWith(`[${value.code}] `),
      `the message of ${what} should begin with [${value.code}]: ${value.message}`,
    );
    assert(!/[\r\n]/.test(value.message), `the message of ${what} has several lines`);
  }
}

/** The messages of an error and of its causes: loggers print all of them. */
function messagesOf(error: unknown): readonly string[] {
  const messages: string[] = [];
  for (let one = error; one !== undefined && messages.length < 10;) {
    messages.push(one instanceof Error ? one.message : typeof one === "string" ? one : show(one));
    one = one instanceof Error ? one.cause : undefined;
  }
  return messages;
}

async function messagesKeepSecrets({ backend, capabilities }: CheckContext): Promise<void> {
  const secret = "c3VwZXJzZWNyZXQ";
  const bodies: Readonly<Record<string, string>> = {
    yaml: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: ${secret}\n  password: ${secret}\n  broken: [${secret}\n`,
    json: `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"password":"${secret}","p":${secret}}}`,
    hcl: `job "a" {\n  password = "${secret}"\n  password = "${secret}"\n  broken = <<EOF\n${secret}`,
    native: `\u00a2${secret}`,
  };
  for (const [format, text] of Object.entries(bodies)) {
    if (!capabilities.formats.includes(format)) continue;
    const error = await assertRejects(
      backend.apply(format, new TextEncoder().encode(text)),
      "invalid_manifest",
      `apply of a broken ${format}`,
    );
    for (const [depth, message] of messagesOf(error).entries()) {
      const whose = depth === 0 ? "the message" : `the message of cause ${depth}`;
      assert(!message.includes(secret), `${whose} repeats a value of the manifest: ${message}`);
    }
  }
  assert(
    !JSON.stringify(backend.diagnostics()).includes(secret),
    "diagnostics repeat a value of the manifest",
  );
}

async function codesTellCausesApart({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "one" });
  await assertRejects(backend.get(ref, format), "not_found", "get of what is missing");
  await assertRejects(
    backend.get({ ...ref, name: "../a" }, format),
    "invalid_reference",
    "get with a traversal",
  );
  await assertRejects(
    backend.apply(format, body.slice(0, 5)),
    "invalid_manifest",
    "apply of a few bytes",
  );
  await assertRejects(
    backend.apply("x-unknown", body),
    "unsupported_format",
    "apply in an unknown format",
  );
}
