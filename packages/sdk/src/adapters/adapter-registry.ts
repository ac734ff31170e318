/** Which adapter reads which format. */

import { BackendError, type ResourceFormat } from "../contract/index.ts";
import type { FormatAdapter } from "./format-adapter.ts";
import { k8sJson } from "./k8s-json.ts";
import { k8sYaml } from "./k8s-yaml.ts";
import { nativeAdapter } from "./native.ts";
import { nomadHcl } from "./nomad-hcl.ts";

/**
 * One adapter a format. It never changes, so neither do the formats of a backend that is open;
 * iterating gives the adapters in the order in which their formats were first registered.
 *
 * @example
 * const registry = createAdapterRegistry().register(toml);
 * registry.formats; // ["yaml", "json", "hcl", "native", "toml"]
 */
export class AdapterRegistry implements Iterable<FormatAdapter> {
  readonly #byFormat: ReadonlyMap<ResourceFormat, FormatAdapter>;

  /**
   * A registry of these adapters and no others; `createAdapterRegistry` has the SDK's own too.
   *
   * @param adapters The last one of a format wins.
   * @throws TypeError for what is no adapter.
   */
  constructor(adapters: Iterable<FormatAdapter>) {
    const byFormat = new Map<ResourceFormat, FormatAdapter>();
    for (const adapter of adapters) byFormat.set(checkAdapter(adapter).format, adapter);
    this.#byFormat = byFormat;
  }

  /** The formats that have an adapter. */
  get formats(): readonly ResourceFormat[] {
    return [...this.#byFormat.keys()];
  }

  /** A registry that has this adapter too, in place of the one that read its format, if any. */
  register(adapter: FormatAdapter): AdapterRegistry {
    return new AdapterRegistry([...this, adapter]);
  }

  /** The adapter of a format, if there is one. */
  find(format: ResourceFormat): FormatAdapter | undefined {
    return this.#byFormat.get(format);
  }

  /** The adapter of a format; without one, throws a `BackendError` `unsupported_format`. */
  select(format: ResourceFormat): FormatAdapter {
    const adapter = this.#byFormat.get(format);
    if (adapter !== undefined) return adapter;
    throw new BackendError(
      "unsupported_format",
      `no adapter reads ${JSON.stringify(format)}; there are ${this.formats.join(", ")}`,
    );
  }

  /** The adapters, in the order in which their formats were first registered. */
  [Symbol.iterator](): Iterator<FormatAdapter> {
    return this.#byFormat.values();
  }
}

/** A registry of YAML, JSON, HCL and native, and of these adapters after them. */
export function createAdapterRegistry(extra: Iterable<FormatAdapter> = []): AdapterRegistry {
  return new AdapterRegistry([k8sYaml, k8sJson, nomadHcl, nativeAdapter, ...extra]);
}

function checkAdapter(adapter: FormatAdapter): FormatAdapter {
  for (const field of ["name", "format"] as const) {
    if (typeof adapter[field] === "string" && adapter[field] !== "") continue;
    throw new TypeError(`adapter.${field} must be a non-empty string`);
  }
  for (const field of ["reference", "parse", "print"] as const) {
    if (typeof adapter[field] === "function") continue;
    if (field !== "reference" && adapter[field] === undefined) continue;
    throw new TypeError(`adapter.${field} must be a function`);
  }
  return adapter;
}
