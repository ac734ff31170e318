/** The loud stubs: what stands in for a backend that is not there yet. */

export { StubBackend } from "./stub-backend.ts";
