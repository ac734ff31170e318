/** The wire formats. */

export * from "./envelope.ts";
export * from "./snapshot.ts";
