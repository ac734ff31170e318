/** Nomad jobs in HCL. */

import type { FormatAdapter } from "./format-adapter.ts";
import { jobReference } from "./hcl-job.ts";

/**
 * Reads one `job` block a body, with variables and locals beside it. The bytes are never translated:
 * no other format has HCL's expressions, and Nomad is who evaluates them.
 */
export const nomadHcl: FormatAdapter = Object.freeze({
  name: "nomad-hcl",
  format: "hcl",
  reference: jobReference,
});
