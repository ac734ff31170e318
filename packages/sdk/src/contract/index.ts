/** The contract: types first, no logic but the error class. */

export * from "./backend-error.ts";
export * from "./capabilities.ts";
export * from "./options.ts";
export * from "./resource.ts";
export * from "./store-backend.ts";
export * from "./watch.ts";
