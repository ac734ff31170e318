/** Hostile JSON and references: read as JSON.parse reads them, or refused with a typed error. */

import { jsonFamily } from "./families/json.ts";
import { referenceFamily } from "./families/reference.ts";
import { testFamily } from "./fuzz-test.ts";

testFamily(jsonFamily);
testFamily(referenceFamily);
