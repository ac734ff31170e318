/** The StoreBackend contract, its codecs and formats, and what makes a system a backend. */

export * from "./contract/index.ts";
export {
  checkReference,
  compareReferences,
  formatReference,
  maxReferenceFieldLength,
  referenceKey,
} from "./reference/index.ts";
export * from "./codec/index.ts";
export * from "./adapters/index.ts";
export * from "./backend/index.ts";
export { createInMemoryBackend } from "./memory/create-in-memory-backend.ts";
