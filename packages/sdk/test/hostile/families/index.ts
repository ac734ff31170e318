/** Every family of hostile inputs. */

import type { Family } from "../family.ts";
import { envelopeFamily } from "./envelope.ts";
import { jsonFamily } from "./json.ts";
import { referenceFamily } from "./reference.ts";
import { snapshotFamily } from "./snapshot.ts";
import { storeFamily } from "./store.ts";
import { yamlFamily } from "./yaml.ts";

/** In the order of the report. */
export const families: readonly Family[] = [
  envelopeFamily,
  snapshotFamily,
  yamlFamily,
  jsonFamily,
  referenceFamily,
  storeFamily,
] as readonly Family[];
