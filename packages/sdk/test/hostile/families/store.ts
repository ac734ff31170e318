/** A whole backend: what is refused must leave it as it was, and what is accepted must be there. */

import { inspect } from "node:util";
import { createInMemoryBackend } from "../../../src/index.ts";
import {
  BackendError,
  type Cursor,
  type ResourceRef,
  type StoreBackend,
} from "../../../src/contract/index.ts";
import { encodeItem } from "../cbor-item.ts";
import type { Family, Verdict } from "../family.ts";
import { flawOfError, flawOfMessage } from "../flaw-of-error.ts";
import { shorterBytes } from "../mutate-bytes.ts";
import { mutateCbor } from "../mutate-cbor.ts";
import { mutateText } from "../mutate-text.ts";
import type { Random } from "../random.ts";
import { envelopeItem, snapshotItem } from "../sample-items.ts";
import { showBytes } from "../show-bytes.ts";
import { hostileReference, hostileText } from "./reference.ts";
import { hclGrammar } from "./hcl.ts";
import { jsonGrammar } from "./json.ts";
import { yamlGrammar } from "./yaml.ts";

/** A call of one verb. */
type Call =
  | { readonly verb: "apply"; readonly format: string; readonly body: Uint8Array }
  | { readonly verb: "restore"; readonly body: Uint8Array }
  | { readonly verb: "get" | "delete"; readonly ref: ResourceRef; readonly format: string }
  | {
      readonly verb: "list" | "watch";
      readonly kind: string;
      readonly namespace: string | undefined;
      readonly format: string;
      readonly since?: Cursor;
    };

const encoder = new TextEncoder();
const formats = ["native", "yaml", "json", "hcl"];

const codes = new Set([
  ...["invalid_manifest", "invalid_reference", "too_large", "unsupported_format"],
  ...["corrupt", "not_found"],
]);

export const storeFamily: Family<Call> = {
  name: "store",
  weight: 100,
  make: makeCall,
  examine: examineCall,
  smaller: function* smaller(call) {
    if ("body" in call) for (const body of shorterBytes(call.body)) yield { ...call, body };
  },
  show: (call) => ("body" in call ? `${call.verb} ${showBytes(call.body)}` : inspect(call)),
};

function makeCall(random: Random): Call {
  const format = random.chance(0.05) ? hostileText(random) : random.pick(formats);
  switch (random.below(10)) {
    case 0:
      return { verb: random.pick(["get", "delete"]), ref: hostileReference(random), format };
    case 1: {
      const kind = hostileText(random);
      const namespace = random.chance(0.5) ? undefined : hostileText(random);
      if (random.chance(0.5)) return { verb: "list", kind, namespace, format };
      return { verb: "watch", kind, namespace, format, since: hostileText(random) as Cursor };
    }
    case 2:
    case 3:
    case 4: {
      const snapshot = snapshotItem(random);
      // Most of what the codec takes is refused later: entry by entry.
      const body = random.chance(0.3) ? encodeItem(snapshot) : mutateCbor(random, snapshot);
      return { verb: "restore", body };
    }
    case 5:
    case 6:
      return { verb: "apply", format: "native", body: mutateCbor(random, envelopeItem(random)) };
    default: {
      const grammar = random.pick([yamlGrammar, jsonGrammar, hclGrammar]);
      const body = encoder.encode(mutateText(random, grammar));
      // Mostly as what it is; now and then as something else.
      const own = grammar === yamlGrammar ? "yaml" : grammar === jsonGrammar ? "json" : "hcl";
      return { verb: "apply", format: random.chance(0.9) ? own : format, body };
    }
  }
}

const home = { kind: "ConfigMap", name: "home", namespace: "default" };
const homeBody = encoder.encode(
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"home","namespace":"default"}}',
);

interface Bench {
  readonly backend: StoreBackend;
  readonly snapshot: Uint8Array;
}

let bench: Promise<Bench> | undefined;

/** One store for all calls: it goes back to its one resource after each that changed it. */
async function openBench(): Promise<Bench> {
  const backend = await createInMemoryBackend();
  await backend.apply("json", homeBody);
  return { backend, snapshot: await backend.snapshot() };
}

async function examineCall(call: Call): Promise<Verdict> {
  bench ??= openBench();
  const { backend, snapshot } = await bench;
  let result = "accepted";
  let flaw: string | undefined;
  try {
    flaw = await perform(backend, call);
  } catch (error) {
    const mayBeTypeError = call.verb !== "restore" && (call.verb !== "apply" || call.format === "");
    const isTypeError = error instanceof TypeError && mayBeTypeError;
    result = isTypeError ? "TypeError" : BackendError.is(error) ? error.code : "untyped";
    flaw = isTypeError ? flawOfMessage(error.message) : flawOfError(error, codes);
    flaw ??= await stateFlaw(backend, snapshot);
  }
  if (result === "accepted" || flaw !== undefined) {
    await backend.restore(snapshot);
    flaw ??= await stateFlaw(backend, snapshot);
  }
  return { result, flaw };
}

async function stateFlaw(backend: StoreBackend, snapshot: Uint8Array): Promise<string | undefined> {
  if (Buffer.compare(await backend.snapshot(), snapshot) !== 0) return "the store is not as it was";
  if (backend.resourceCount() !== 1 || backend.subscriberCount() !== 0)
    return "the store does not count what it holds";
  const { body } = await backend.get(home, "json");
  return Buffer.compare(body, homeBody) === 0 ? undefined : "a resource is not as it was";
}

/** What is wrong with what an accepted call has done. */
async function perform(backend: StoreBackend, call: Call): Promise<string | undefined> {
  if (call.verb === "apply") return performApply(backend, call.format, call.body);
  if (call.verb === "restore") return performRestore(backend, call.body);
  if ("ref" in call) {
    if (call.verb === "get") await backend.get(call.ref, call.format);
    else await backend.delete(call.ref);
  } else if (call.verb === "list") await backend.list(call.kind, call.namespace, call.format);
  else {
    const { kind, namespace, format, since } = call;
    const options = since === undefined ? {} : { since };
    await using watch = await backend.watch(kind, namespace, format, options);
    for await (const { type } of watch) if (type === "bookmark") break;
  }
  return undefined;
}

async function performRestore(
  backend: StoreBackend,
  body: Uint8Array,
): Promise<string | undefined> {
  await backend.restore(body);
  const restored = await backend.snapshot();
  await backend.restore(restored);
  return Buffer.compare(await backend.snapshot(), restored) === 0
    ? undefined
    : "its own snapshot restores something else";
}

async function performApply(
  backend: StoreBackend,
  format: string,
  body: Uint8Array,
): Promise<string | undefined> {
  const { ref } = await backend.apply(format, body);
  const back = await backend.get(ref, format);
  if (Buffer.compare(back.body, body) !== 0) return "what was applied does not come back";
  for (const other of formats) {
    try {
      await backend.get(ref, other);
    } catch (error) {
      const flaw = flawOfError(error, new Set(["unsupported_format"]));
      if (flaw !== undefined) return `as ${other}: ${flaw}`;
    }
  }
  const { items } = await backend.list(ref.kind, ref.namespace, "json");
  if (!items.some((item) => item.ref.name === ref.name)) return "what was applied is not listed";
  return undefined;
}
