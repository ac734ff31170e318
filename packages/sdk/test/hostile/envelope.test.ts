/** Hostile envelopes: whatever their bytes, they are read as they are or `corrupt`. */

import { envelopeFamily } from "./families/envelope.ts";
import { expectWellFormedShare, testFamily } from "./fuzz-test.ts";

testFamily(envelopeFamily, expectWellFormedShare);
