/** A few calls of a backend as spans on the console: `npm start`. */

import { createInMemoryBackend } from "@engenho/sdk";
import { traceBackend } from "@engenho/sdk/tracing";
import {
  ConsoleSpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { attachSpans } from "./attach-spans.ts";
import { StorageContextManager } from "./storage-context-manager.ts";

const contextManager = new StorageContextManager();
// An OTLP exporter and a BatchSpanProcessor take these two places in production.
const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
});
provider.register({ contextManager });
const tracer = provider.getTracer("checkout");
const detach = attachSpans(tracer, contextManager.storage);

const store = traceBackend(await createInMemoryBackend());
const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: prices, namespace: shop }\n";

await tracer.startActiveSpan("roll out prices", async (span) => {
  const { ref } = await store.apply("yaml", new TextEncoder().encode(manifest));
  await store.get(ref, "json");
  await store.delete({ ...ref, name: "discounts" }).catch(() => {}); // there are none: a span with an error
  span.end();
});

await store.close();
detach();
await provider.shutdown();
