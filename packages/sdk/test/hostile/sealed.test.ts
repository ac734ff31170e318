/** Hostile sealed files: whatever their bytes, a catalog or a CatalogSnapshotError. */

import { sealedFamily } from "./families/sealed.ts";
import { testFamily } from "./fuzz-test.ts";

testFamily(sealedFamily);
