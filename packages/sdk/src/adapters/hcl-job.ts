/** The reference that a Nomad job file declares. */

import { BackendError, type ResourceRef } from "../contract/index.ts";
import { maxReferenceFieldLength } from "../reference/index.ts";
import { HclText } from "./hcl-text.ts";
import { type HclLiteral, type HclVisitor, walkHcl } from "./hcl-walk.ts";
import { placeOf } from "./manifest-text.ts";

/**
 * The one `job` block's `id`, or if it has none its label, and its `namespace`; null counts as not set,
 * and an empty namespace is none. Nomad's parser does the same (`normalizeJob` in its jobspec2), except
 * that it evaluates expressions: here an `id` or `namespace` must be one string as it stands.
 *
 * @throws BackendError `invalid_manifest` with line and column, and with `field` if the syntax is right.
 * @example
 * jobReference(encode('job "web" {\n  namespace = "shop"\n}\n')); // { kind: "Job", name: "web", namespace: "shop" }
 */
export function jobReference(body: Uint8Array): ResourceRef {
  const finder = new JobFinder(new HclText(body));
  return finder.find();
}

/** The arguments of a job that make its reference. */
type Address = "id" | "namespace";

class JobFinder implements HclVisitor {
  readonly #text: HclText;
  #label: string | undefined;
  /** Whether the walk is in the job's block. */
  #isInJob = false;
  readonly #values = new Map<Address, string>();

  constructor(text: HclText) {
    this.#text = text;
  }

  find(): ResourceRef {
    walkHcl(this.#text, this);
    if (this.#label === undefined) {
      throw new BackendError("invalid_manifest", 'there is no job block: job "name" { … }', {
        field: "job",
      });
    }
    const ref = { kind: "Job", name: this.#values.get("id") ?? this.#label };
    const namespace = this.#values.get("namespace") ?? "";
    return namespace === "" ? ref : { ...ref, namespace };
  }

  block(type: string, labels: readonly string[], depth: number, at: number): void {
    if (depth === 1 && this.#isInJob && isAddress(type)) {
      throw this.#invalid(`job.${type}`, `${type} must be an argument, not a block`, at);
    }
    if (depth > 0) return;
    this.#isInJob = type === "job";
    if (!this.#isInJob) return;
    if (this.#label !== undefined)
      throw this.#invalid("job", "a second job block: a body has one job", at);
    const [label] = labels;
    if (label === undefined || label === "" || labels.length > 1)
      throw this.#invalid("job", "a job block has one label, the job's name", at);
    this.#label = label;
  }

  argument(name: string, depth: number, at: number, value: () => HclLiteral): void {
    if (depth !== 1 || !this.#isInJob || !isAddress(name)) return;
    const text = value();
    if (text === undefined) {
      const problem = `${name} is not a string as it stands: expressions are not evaluated here`;
      const remedy = `write ${name} = "…", or apply a native envelope, which says its reference itself`;
      throw this.#invalid(`job.${name}`, `${problem}; ${remedy}`, at);
    }
    if (text === "" && name === "id") throw this.#invalid("job.id", "id is empty", at);
    if (text !== null) this.#values.set(name, normalForm(text));
  }

  #invalid(field: string, problem: string, at: number): BackendError {
    const place = placeOf(this.#text.source, at);
    return new BackendError("invalid_manifest", `${place}: ${problem}`, { field });
  }
}

/**
 * The value of an HCL string is in normal form C; a label is taken as it is written. What is too long
 * for a reference in any form stays as it is: putting 80,000 marks in order takes a minute.
 */
function normalForm(text: string): string {
  return text.length > maxNormalized ? text : text.normalize("NFC");
}

/** No character has more than 18 UTF-16 units in any normal form (UAX #15). */
const maxNormalized = 18 * maxReferenceFieldLength;

function isAddress(name: string): name is Address {
  return name === "id" || name === "namespace";
}
