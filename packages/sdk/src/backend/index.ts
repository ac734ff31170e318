/** What turns a Driver into a StoreBackend. */

export { createBackend, type BackendOptions } from "./create-backend.ts";
export * from "./driver.ts";
export * from "./feed-event.ts";
