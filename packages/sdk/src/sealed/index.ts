/** Snapshots in sealed files, checked by length and hash. Needs Node, which the rest of the SDK does not. */

export {
  CatalogSnapshotError,
  type CatalogSnapshotErrorDetails,
  type CatalogSnapshotErrorKind,
} from "../codec/catalog-snapshot-error.ts";
export { loadSnapshot, saveSnapshot } from "./backend-snapshot.ts";
export { CatalogSnapshot, type ParseCatalog } from "./catalog-snapshot.ts";
