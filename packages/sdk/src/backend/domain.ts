/** What a backend takes, read from its capabilities: kinds, names, formats, sizes, preconditions. */

import {
  BackendError,
  type Capabilities,
  type KindDomain,
  type ResourceFormat,
  type ResourceRef,
} from "../contract/index.ts";
import {
  checkReference,
  checkReferenceField,
  checkReferenceFields,
  printable,
} from "../reference/index.ts";

/**
 * The largest envelope that a payload may have: the payload as an array of integers, which takes up
 * to two bytes for each, and 64 KiB for the reference and keys that are kept.
 */
function maxEnvelopeBytes(payloadBytes: number): number {
  return 2 * payloadBytes + 64 * 1024;
}

/** Applies a backend's claims to what callers ask of it. Every refusal is a BackendError. */
export class Domain {
  readonly #capabilities: Capabilities;
  readonly #kinds: ReadonlyMap<string, KindDomain & { readonly pattern?: RegExp }> | undefined;

  /** @throws TypeError for a kind's `names` that are no regular expression. */
  constructor(capabilities: Capabilities) {
    this.#capabilities = capabilities;
    if (capabilities.kinds === "any") return;
    this.#kinds = new Map(
      capabilities.kinds.map((domain) => [
        domain.kind,
        domain.names === undefined
          ? domain
          : { ...domain, pattern: patternOf(domain.kind, domain.names) },
      ]),
    );
  }

  /** The largest payload of any kind. */
  get maxBodyBytes(): number {
    return this.#capabilities.maxBodyBytes;
  }

  /** The full reference, checked and copied: with the kind's default namespace where it lacks one. */
  reference(ref: ResourceRef): ResourceRef {
    return this.#full(checkReference(ref));
  }

  /**
   * The same of one that was read here and has no other owner: it is not copied.
   *
   * @param known One that was checked: in a snapshot most have the kind and namespace of the one before.
   */
  ownReference(ref: ResourceRef, known: ResourceRef | undefined): ResourceRef {
    checkReferenceFields(ref, known);
    return this.#full(ref);
  }

  #full(checked: ResourceRef): ResourceRef {
    const domain = this.#kind(checked.kind);
    if (domain === undefined) return checked;
    const full = this.#scoped(checked, domain);
    if (domain.pattern?.test(full.name) === false) {
      refuse(
        "name",
        `"${printable(full.name)}" is not a name that ${domain.kind} may have (${domain.names})`,
      );
    }
    return full;
  }

  /** The kind and namespace of a list or watch, checked. */
  scope(kind: string, namespace: string | undefined): void {
    checkReferenceField("kind", kind);
    if (namespace !== undefined) checkReferenceField("namespace", namespace);
    const domain = this.#kind(kind);
    if (domain?.scope === "cluster" && namespace !== undefined) {
      refuse("namespace", `${printable(kind)} is cluster-scoped: it has no namespace`);
    }
  }

  /** A format to read or write, for a kind if it is known already. */
  format(format: ResourceFormat, kind?: string): void {
    const formats =
      (kind === undefined ? undefined : this.#kinds?.get(kind)?.formats) ??
      this.#capabilities.formats;
    if (formats.includes(format)) return;
    const subject = kind === undefined ? "this backend" : printable(kind);
    throw new BackendError(
      "unsupported_format",
      `${subject} is not read or written as "${printable(format)}", but as ${formats.join(", ")}`,
    );
  }

  /** The size of a body, in bytes. */
  size(bytes: number, kind?: string): void {
    const limit =
      (kind === undefined ? undefined : this.#kinds?.get(kind)?.maxBodyBytes) ??
      this.#capabilities.maxBodyBytes;
    if (bytes <= limit) return;
    throw new BackendError("too_large", `the body has ${bytes} bytes, the limit is ${limit}`);
  }

  /** The size of an envelope: what is not payload is bounded too, or it could hold anything. */
  envelope(bytes: number, payloadBytes: number): void {
    const limit = maxEnvelopeBytes(payloadBytes);
    if (bytes <= limit) return;
    throw new BackendError(
      "too_large",
      `the envelope has ${bytes} bytes around a payload of ${payloadBytes}, the limit is ${limit}`,
    );
  }

  /** A precondition. */
  precondition(kind: "create" | "replace" | "delete"): void {
    if (this.#capabilities.preconditions.includes(kind)) return;
    throw new BackendError("unsupported", `a conditional ${kind} is not supported`, {
      field: "ifRevision",
    });
  }

  #kind(kind: string): (KindDomain & { readonly pattern?: RegExp }) | undefined {
    if (this.#kinds === undefined) return undefined;
    const domain = this.#kinds.get(kind);
    if (domain !== undefined) return domain;
    return refuse(
      "kind",
      `${printable(kind)} is not a kind of this backend, which holds ${[...this.#kinds.keys()].join(", ")}`,
    );
  }

  #scoped(ref: ResourceRef, domain: KindDomain): ResourceRef {
    if (ref.namespace !== undefined) {
      if (domain.scope === "cluster")
        refuse("namespace", `${domain.kind} is cluster-scoped: it has no namespace`);
      return ref;
    }
    if (domain.scope === "cluster") return ref;
    if (domain.defaultNamespace !== undefined)
      return { ...ref, namespace: domain.defaultNamespace };
    if (domain.scope === "namespaced")
      refuse("namespace", `${domain.kind} is namespaced: it needs a namespace`);
    return ref;
  }
}

/** @throws TypeError if it is none. */
function patternOf(kind: string, names: string): RegExp {
  try {
    return new RegExp(`^(?:${names})$`, "u");
  } catch (cause) {
    const claim = `capabilities.kinds: the names of ${kind}, ${JSON.stringify(names)},`;
    throw new TypeError(`${claim} must be a regular expression`, { cause });
  }
}

function refuse(field: string, message: string): never {
  throw new BackendError("invalid_reference", message, { field });
}
