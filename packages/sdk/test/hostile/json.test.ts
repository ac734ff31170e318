/** Hostile JSON, HCL and references: read as they are, or refused with a typed error. */

import { hclFamily } from "./families/hcl.ts";
import { jsonFamily } from "./families/json.ts";
import { referenceFamily } from "./families/reference.ts";
import { testFamily } from "./fuzz-test.ts";

testFamily(jsonFamily);
testFamily(hclFamily);
testFamily(referenceFamily);
