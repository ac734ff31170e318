/** Hostile calls of a backend: one that fails leaves the store as it was. */

import { storeFamily } from "./families/store.ts";
import { testFamily } from "./fuzz-test.ts";

testFamily(storeFamily);
