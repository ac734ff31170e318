/** Makes a span of every verb of every traced backend, and one of every watch's life. */

import type { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import {
  backendChannels,
  followVerbs,
  followWatches,
  type TracedError,
  type VerbContext,
  type WatchEndMessage,
} from "@engenho/sdk/tracing";

/** Those that have spans: a channel knows each storage once, so that a second tracer would take it from the first. */
const attached = new WeakSet<AsyncLocalStorage<Context>>();

/**
 * Until the returned function is called. A verb's span is the child of the span that is active where the verb is
 * called, and is active itself (in `storage`, the context manager's) while the backend works.
 *
 * @throws Error while spans are attached to this storage already
 */
export function attachSpans(tracer: Tracer, storage: AsyncLocalStorage<Context>): () => void {
  if (attached.has(storage)) throw new Error("spans are attached to this storage already");
  attached.add(storage);
  const spans = new WeakMap<VerbContext, Span>();
  const watches = new WeakMap<VerbContext, { readonly span: Span; readonly openedAt: number }>();

  const begin = (call: VerbContext): Context => {
    const span = tracer.startSpan(spanName(call), { kind: SpanKind.CLIENT });
    spans.set(call, span);
    return trace.setSpan(context.active(), span);
  };

  const end = (call: VerbContext): void => {
    const span = spans.get(call);
    if (span === undefined) return; // began before we listened
    span.setAttributes(callAttributes(call));
    if (call.error !== undefined) recordError(span, call.error);
    if (call.verb === "watch") watches.set(call, { span, openedAt: Date.now() });
    span.end();
  };

  /** A watch may live for days: its life is a trace of its own, which links to where it was opened. */
  const endWatch = (watch: WatchEndMessage): void => {
    const opening = watches.get(watch.opened);
    if (opening === undefined) return;
    const span = tracer.startSpan(`watched ${watch.opened.kind}`, {
      root: true,
      links: [{ context: opening.span.spanContext() }],
      startTime: opening.openedAt,
      attributes: watchAttributes(watch),
    });
    if (watch.error !== undefined) recordError(span, watch.error);
    span.end();
  };

  const channels = Object.values(backendChannels);
  for (const { start } of channels) start.bindStore(storage, begin);
  const stops = [followVerbs({ asyncEnd: end }), followWatches({ end: endWatch })];
  let isAttached = true;
  return () => {
    if (!isAttached) return;
    isAttached = false;
    attached.delete(storage);
    for (const { start } of channels) start.unbindStore(storage);
    for (const stop of stops) stop();
  };
}

/** As the conventions for databases have it: the operation, and what it is about. */
function spanName({ verb, kind }: VerbContext): string {
  return kind === undefined ? verb : `${verb} ${kind}`;
}

/** The conventions' names where there are any; undefined is left out. */
function callAttributes(call: VerbContext): Attributes {
  return {
    "db.system.name": `engenho.${call.backend}`,
    "db.operation.name": call.verb,
    "db.collection.name": call.kind,
    "db.namespace": call.namespace,
    "db.response.returned_rows": call.items,
    "engenho.resource.name": call.ref?.name,
    "engenho.format": call.format,
    "engenho.operation": call.operation,
    "engenho.request.bytes": call.bytesIn,
    "engenho.response.bytes": call.bytesOut,
  };
}

function watchAttributes({ opened, reason, delivered, bytesOut }: WatchEndMessage): Attributes {
  const counts = Object.entries(delivered).map(([type, count]) => [`engenho.watch.${type}`, count]);
  return {
    ...callAttributes(opened),
    "engenho.watch.end": reason,
    "engenho.response.bytes": bytesOut,
    ...Object.fromEntries(counts),
  };
}

function recordError(span: Span, { name, code, message = name, outcome }: TracedError): void {
  span.recordException({ name, code: code ?? name, message });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttributes({ "error.type": code ?? name, "engenho.outcome": outcome });
}
