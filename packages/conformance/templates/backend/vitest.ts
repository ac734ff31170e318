/** One test for each requirement, beside tests of your own. */

import { conformance } from "@engenho/conformance/vitest";
import subject from "./conformance.ts";

conformance(subject);
