/** What an OpenTelemetry exporter gets of real calls. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { createInMemoryBackend, type ResourceRef, type StoreBackend } from "@engenho/sdk";
import { traceBackend } from "@engenho/sdk/tracing";
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { attachSpans } from "../attach-spans.ts";
import { StorageContextManager } from "../storage-context-manager.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const contextManager = new StorageContextManager();
const tracer = provider.getTracer("test");
let detach = (): void => {};

beforeAll(() => {
  provider.register({ contextManager });
  detach = attachSpans(tracer, contextManager.storage);
});

afterEach(() => exporter.reset());

afterAll(async () => {
  detach();
  await provider.shutdown();
  trace.disable();
  context.disable();
});

const ref: ResourceRef = { kind: "ConfigMap", name: "prices", namespace: "shop" };
const body = new TextEncoder().encode(
  "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: prices, namespace: shop }\ndata: { apple: '1' }\n",
);

/** Runs calls within a span, and returns what was exported. */
async function spansOf(calls: () => Promise<unknown>): Promise<readonly ReadableSpan[]> {
  await tracer.startActiveSpan("caller", async (span) => {
    await calls();
    span.end();
  });
  return exporter.getFinishedSpans();
}

function named(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (found === undefined || others.length > 0) throw new Error(`not one span is named ${name}`);
  return found;
}

const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan): string => span.spanContext().spanId;

test("each verb is a span below its caller's, with what it was about", async () => {
  const store = traceBackend(await createInMemoryBackend());
  const spans = await spansOf(async () => {
    await store.apply("yaml", body);
    await Promise.all([store.get(ref, "yaml"), store.list("ConfigMap", undefined, "yaml")]);
    await store.restore(await store.snapshot());
    await store.delete(ref);
    await store.close();
  });
  const caller = named(spans, "caller");
  const verbs = spans.filter((span) => span !== caller);
  expect(verbs.map(({ name }) => name).sort()).toEqual([
    ...["apply", "close", "delete ConfigMap", "get ConfigMap", "list ConfigMap"],
    ...["restore", "snapshot"],
  ]);
  for (const span of verbs) {
    expect(parentOf(span), span.name).toBe(idOf(caller));
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
  }
  // Its reference is known when the body has been read: it is no part of the name, but an attribute.
  expect(named(spans, "apply").attributes).toEqual({
    "db.system.name": "engenho.in-memory",
    "db.operation.name": "apply",
    "db.collection.name": "ConfigMap",
    "db.namespace": "shop",
    "engenho.resource.name": "prices",
    "engenho.format": "yaml",
    "engenho.operation": "created",
    "engenho.request.bytes": body.length,
  });
  expect(named(spans, "get ConfigMap").attributes).toMatchObject({
    "engenho.resource.name": "prices",
    "engenho.response.bytes": body.length,
  });
  expect(named(spans, "list ConfigMap").attributes).toMatchObject({
    "db.response.returned_rows": 1,
  });
});

test("a failure is a span with its code, outcome and exception", async () => {
  await using store = traceBackend(await createInMemoryBackend());
  const spans = await spansOf(() => store.get(ref, "yaml").catch(() => {}));
  const { status, attributes, events } = named(spans, "get ConfigMap");
  expect(status).toEqual({
    code: SpanStatusCode.ERROR,
    message: expect.stringMatching(/^\[not_found\] in-memory: get/),
  });
  expect(attributes).toMatchObject({ "error.type": "not_found", "engenho.outcome": "none" });
  expect(events).toMatchObject([
    {
      name: "exception",
      attributes: { "exception.type": "not_found", "exception.message": status.message },
    },
  ]);
});

test("what a backend does within a verb is below the verb's span, across what it awaits", async () => {
  await using inner = await createInMemoryBackend({ name: "inner" });
  await using outer = traceBackend(forwardingTo(traceBackend(inner)));
  await inner.apply("yaml", body);
  const spans = await spansOf(() => outer.get(ref, "yaml"));
  const [innerGet, outerGet] = spans.filter(({ name }) => name === "get ConfigMap");
  if (innerGet === undefined || outerGet === undefined) throw new Error("a span is missing");
  expect(innerGet.attributes["db.system.name"]).toBe("engenho.inner");
  expect(outerGet.attributes["db.system.name"]).toBe("engenho.outer");
  expect(parentOf(innerGet)).toBe(idOf(outerGet));
  expect(parentOf(outerGet)).toBe(idOf(named(spans, "caller")));
});

test("a watch's life is a trace of its own, with a link to the span that opened it", async () => {
  await using store = traceBackend(await createInMemoryBackend());
  await store.apply("yaml", body);
  const spans = await spansOf(async () => {
    for await (const { type } of await store.watch("ConfigMap", "shop", "yaml"))
      if (type === "bookmark") break;
  });
  const opening = named(spans, "watch ConfigMap");
  const life = named(spans, "watched ConfigMap");
  expect(parentOf(opening)).toBe(idOf(named(spans, "caller")));
  expect(parentOf(life)).toBeUndefined();
  expect(life.links).toMatchObject([{ context: { spanId: idOf(opening) } }]);
  expect(life.attributes).toMatchObject({
    "engenho.watch.end": "closed",
    "engenho.watch.added": 1,
    "engenho.watch.bookmark": 1,
    "engenho.watch.deleted": 0,
    "engenho.response.bytes": body.length,
  });
});

test("nothing is exported once detached", async () => {
  detach();
  await using store = traceBackend(await createInMemoryBackend());
  const spans = await spansOf(() => store.apply("yaml", body));
  expect(spans.map(({ name }) => name)).toEqual(["caller"]);
  detach = attachSpans(tracer, contextManager.storage);
});

test("a second tracer on one storage is refused, and the first goes on", async () => {
  expect(() => attachSpans(tracer, contextManager.storage)).toThrow(/attached to this storage/);
  const detachFirst = detach;
  detachFirst();
  detach = attachSpans(tracer, contextManager.storage);
  detachFirst(); // once more, which is not the second one's business
  await using store = traceBackend(await createInMemoryBackend());
  const spans = await spansOf(() => store.apply("yaml", body));
  expect(parentOf(named(spans, "apply"))).toBe(idOf(named(spans, "caller")));
});

test("a function that is bound to a context keeps the object that it is called on", () => {
  const bound = ROOT_CONTEXT.setValue(Symbol("mark"), true);
  const object = {
    read: contextManager.bind(bound, function (this: unknown, ...args: unknown[]) {
      return [this, context.active(), args];
    }),
  };
  expect(object.read(1, 2)).toEqual([object, bound, [1, 2]]);
});

test("README's store registers the context manager, so that what a backend traces is below its verb", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, block = ""] = /^```ts\n(.+?)^```$/ms.exec(readme) ?? [];
  const look = `
    const { context, ROOT_CONTEXT } = await import("@opentelemetry/api");
    const mark = ROOT_CONTEXT.setValue(Symbol("mark"), true);
    contextManager.storage.run(mark, () => console.log(context.active() === mark));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...["--conditions=@engenho/source", "--input-type=module-typescript"],
      ...["--eval", `${block}${look}`],
    ],
    { cwd: `${import.meta.dirname}/..` },
  );
  expect(stdout).toBe("0\ntrue\n");
});

test("the program shows a span for each of its calls", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@engenho/source", "main.ts"],
    { cwd: `${import.meta.dirname}/..` },
  );
  const names = [...stdout.matchAll(/^ {2}name: '(.+)',$/gm)].map(([, name]) => name);
  expect(names).toEqual([
    ...["apply", "get ConfigMap", "delete ConfigMap", "roll out prices", "close"],
  ]);
  expect(stdout).toContain("not_found");
});

/** A backend over another one, as a cache or a proxy would be. */
function forwardingTo(inner: StoreBackend): StoreBackend {
  const get: StoreBackend["get"] = async (...args) => {
    await new Promise((resolve) => setImmediate(resolve));
    return inner.get(...args);
  };
  return new Proxy(inner, {
    get(target, key) {
      if (key === "name") return "outer";
      if (key === "get") return get;
      const own: unknown = Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}
