/** Hostile snapshots: whatever their bytes, they are read as they are or `corrupt`. */

import { snapshotFamily } from "./families/snapshot.ts";
import { expectWellFormedShare, testFamily } from "./fuzz-test.ts";

testFamily(snapshotFamily, expectWellFormedShare);
