/** Every family of hostile inputs. */

import type { Family } from "../family.ts";
import { envelopeFamily } from "./envelope.ts";
import { hclFamily } from "./hcl.ts";
import { jsonFamily } from "./json.ts";
import { referenceFamily } from "./reference.ts";
import { sealedFamily } from "./sealed.ts";
import { snapshotFamily } from "./snapshot.ts";
import { storeFamily } from "./store.ts";
import { yamlFamily } from "./yaml.ts";

/** In the order of the report. */
export const families: readonly Family[] = [
  envelopeFamily,
  snapshotFamily,
  sealedFamily,
  yamlFamily,
  jsonFamily,
  hclFamily,
  referenceFamily,
  storeFamily,
] as readonly Family[];
