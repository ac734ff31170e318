/** Lets the Rust implementation's own stores do something, and says what came of it. */

import type { ResourceRef } from "@engenho/sdk";
import { askCargo } from "./cargo.ts";

/** One step; `on` names a store that an earlier step opened. `revoada/src/step.rs` has the same list. */
export type RustStep =
  | { readonly step: "open"; readonly on: string; readonly root: string }
  | { readonly step: "memory" | "close" | "count" | "snapshot"; readonly on: string }
  | { readonly step: "apply"; readonly on: string; readonly format: string; readonly body: string }
  | {
      readonly step: "get";
      readonly on: string;
      readonly ref: ResourceRef;
      readonly format: string;
    }
  | {
      readonly step: "list";
      readonly on: string;
      readonly kind: string;
      readonly namespace: string | null;
      readonly format: string;
    }
  | { readonly step: "delete"; readonly on: string; readonly ref: ResourceRef }
  | { readonly step: "loadCatalog"; readonly path: string }
  | { readonly step: "saveCatalogAgain"; readonly from: string; readonly to: string }
  | {
      readonly step: "saveCatalog";
      readonly path: string;
      readonly puts: readonly CatalogPut[];
      readonly index: string;
    }
  | { readonly step: "restore"; readonly on: string; readonly snapshot: string };

/** A resource of a catalog; its value is JSON as text, so that no number is lost on the way. */
export interface CatalogPut {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly value: string;
}

/** What a step gave: bytes are in hex. */
export type RustOutcome = { readonly value: unknown } | { readonly error: string };

/** Does the steps in one process, in order, whether or not some of them fail. */
export function askRevoada(steps: readonly RustStep[]): readonly RustOutcome[] {
  return askCargo("revoada", steps) as readonly RustOutcome[];
}

/** Bytes for a step. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
