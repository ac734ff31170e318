/** Makes manifests that a backend with these claims holds. */

import {
  type ApplyResult,
  type Capabilities,
  encodeEnvelope,
  type KindDomain,
  type Resource,
  type ResourceFormat,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";

import type { Sample } from "./subject.ts";

/** A body to apply, and where it must end up. */
export interface Manifest {
  readonly ref: ResourceRef;
  readonly format: ResourceFormat;
  readonly body: Uint8Array;
}

/** What a made manifest should say. */
export interface ManifestOptions {
  /** Default: the first kind that the format is taken for; `Job` in HCL, which has no other. */
  readonly kind?: string;
  readonly name: string;
  /** Default: `default`; null for a cluster-scoped resource. */
  readonly namespace?: string | null;
  /** Makes the content differ. Default 0. */
  readonly value?: number | string;
  /** Default: the first of yaml, json, native, hcl that the backend takes for the kind. */
  readonly format?: ResourceFormat;
}

const encoder = new TextEncoder();

/** The formats that the suite writes manifests in. */
export const writableFormats: readonly ResourceFormat[] = ["yaml", "json", "hcl", "native"];

/** The least `maxBodyBytes` that every manifest of the suite has room in. */
export const leastBodyBytes = 1_024;

/**
 * The most letters in a name that the suite gives where a backend lists its kinds; beside lower-case letters there are
 * digits and hyphens, never first or last.
 */
export const longestName = 32;

/** In which order the suite chooses one: texts are judged more closely. */
const preferredFormats: readonly ResourceFormat[] = ["yaml", "json", "native", "hcl"];

/** Manifests for one backend. */
export class Fixtures {
  /** Kinds to use: two different ones where the backend holds more than one. */
  readonly kind: string;
  readonly otherKind: string;
  readonly format: ResourceFormat;

  readonly #capabilities: Capabilities;

  constructor(capabilities: Capabilities) {
    this.#capabilities = capabilities;
    this.format = preferredFormats.find((format) => takesFormat(capabilities, format)) ?? "native";
    const kinds = kindsOf(capabilities, this.format);
    this.kind = kinds[0] ?? "ConfigMap";
    this.otherKind = kinds[1] ?? this.kind;
  }

  /** A reference of the first kind in namespace `default`. */
  ref(name: string, namespace: string | null = "default", kind: string = this.kind): ResourceRef {
    return namespace === null ? { kind, name } : { kind, name, namespace };
  }

  manifest({ name, namespace = "default", value = 0, ...asked }: ManifestOptions): Manifest {
    const format = asked.format ?? this.#formatFor(asked.kind ?? this.kind);
    const ref = this.ref(name, namespace, asked.kind ?? this.#kindFor(format));
    return { ref, format, body: manifestBody(ref, value, format) };
  }

  #formatFor(kind: string): ResourceFormat {
    const formats = formatsOf(this.#capabilities, kind);
    const isTaken = (format: ResourceFormat): boolean =>
      formats.includes(format) && (format !== "hcl" || kind === "Job");
    return isTaken(this.format) ? this.format : (preferredFormats.find(isTaken) ?? this.format);
  }

  #kindFor(format: ResourceFormat): string {
    const kinds = kindsOf(this.#capabilities, format);
    return kinds.includes(this.kind)
      ? this.kind
      : (kinds[0] ?? (format === "hcl" ? "Job" : this.kind));
  }
}

/** A manifest of a core API group in this format; its content is `data.value`, or a Nomad job's `meta`. */
export function manifestBody(
  ref: ResourceRef,
  value: number | string,
  format: ResourceFormat,
): Uint8Array {
  const metadata = {
    name: ref.name,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
  };
  const { apiVersion, kind } = typeOf(ref.kind);
  const json = JSON.stringify({ apiVersion, kind, metadata, data: { value } });
  if (format === "json") return encoder.encode(json);
  if (format === "native")
    return encodeEnvelope({ ref, payload: encoder.encode(`value ${value}`) });
  if (format === "hcl") return encoder.encode(jobText(ref, value));
  const lines = [`apiVersion: ${apiVersion}`, `kind: ${JSON.stringify(kind)}`, "metadata:"];
  for (const [key, text] of Object.entries(metadata))
    lines.push(`  ${key}: ${JSON.stringify(text)}`);
  return encoder.encode(
    [...lines, `data: # what makes it differ`, `  value: ${JSON.stringify(value)}`, ""].join("\n"),
  );
}

/** A Nomad job that would run. HCL has no other kind. */
function jobText({ kind, name, namespace }: ResourceRef, value: number | string): string {
  if (kind !== "Job") throw new TypeError(`HCL cannot say a ${kind}`);
  const place = namespace === undefined ? [] : [`  namespace = ${hclString(namespace)}`];
  return [
    `job ${hclString(name)} {`,
    ...place,
    '  type = "batch"',
    "  meta {",
    `    value = ${hclString(String(value))} # what makes it differ`,
    "  }",
    '  group "only" {',
    '    task "only" {',
    '      driver = "raw_exec"',
    '      config { command = "/bin/true" }',
    "    }",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A string in quotes: JSON's, but for two short escapes that HCL lacks and the templates that it has. */
function hclString(text: string): string {
  return JSON.stringify(text)
    .replaceAll(/\\(?:([bf])|.)/g, (escape, letter: string | undefined) =>
      letter === undefined ? escape : letter === "b" ? "\\u0008" : "\\u000c",
    )
    .replaceAll(/[$%](?=\{)/g, "$&$&");
}

/** How a manifest says its kind: `Widget.example.com` is the Widget of a group of its own. */
function typeOf(kind: string): { readonly apiVersion: string; readonly kind: string } {
  const [, name = kind, group] = /^([A-Za-z]+)\.((?:[a-z0-9-]+\.)+[a-z]+)$/.exec(kind) ?? [];
  return { apiVersion: group === undefined ? "v1" : `${group}/v1`, kind: name };
}

/** The `value` that a manifest of ours has, in whatever format. */
export function manifestValue(body: Uint8Array): string | undefined {
  return /value\W+(\w+)/.exec(new TextDecoder().decode(body))?.[1];
}

/** A native body, for references and payloads that no manifest can have. */
export function nativeManifest(
  ref: ResourceRef,
  payload: Uint8Array = encoder.encode("payload"),
): Manifest {
  return { ref, format: "native", body: encodeEnvelope({ ref, payload }) };
}

/** The samples of a subject that brings none: each kind and format that the suite can write. */
export function ownSamples(capabilities: Capabilities): readonly Sample[] {
  const fixtures = new Fixtures(capabilities);
  return takenFormats(capabilities).flatMap((format) =>
    kindsOf(capabilities, format)
      .slice(0, 2)
      .map((kind) => {
        const name = `${kind.toLowerCase()}-in-${format}`;
        return { name, format, body: fixtures.manifest({ kind, name, format }).body };
      }),
  );
}

/** Applies a sample; what is wrong with it is said under its name. */
export async function applySample(backend: StoreBackend, sample: Sample): Promise<ApplyResult> {
  try {
    return await backend.apply(sample.format, sample.body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`sample ${sample.name}: ${reason}`, { cause });
  }
}

/** Applies manifests one after another. */
export async function applyAll(
  backend: StoreBackend,
  manifests: readonly Manifest[],
): Promise<void> {
  for (const { format, body } of manifests) await backend.apply(format, body);
}

/** Applies manifests of different references, all at once. */
export async function applyAtOnce(
  backend: StoreBackend,
  manifests: readonly Manifest[],
): Promise<void> {
  await Promise.all(manifests.map(({ format, body }) => backend.apply(format, body)));
}

/** Every resource of these kinds, as references and bodies in native form. */
export async function readAll(
  backend: StoreBackend,
  kinds: readonly string[],
): Promise<readonly Resource[]> {
  const lists = [];
  for (const kind of new Set(kinds)) lists.push(await backend.list(kind, undefined, "native"));
  return lists.flatMap(({ items }) => items);
}

/** The largest body of a kind. */
export function maxBodyBytesOf({ kinds, maxBodyBytes }: Capabilities, kind: string): number {
  return (kinds === "any" ? undefined : domainOf(kinds, kind))?.maxBodyBytes ?? maxBodyBytes;
}

/** Whether the backend takes manifests in this format, of this kind or else of one that it has: HCL says `Job` only. */
export function takesFormat(
  capabilities: Capabilities,
  format: ResourceFormat,
  kind?: string,
): boolean {
  const kinds = kindsOf(capabilities, format);
  return kind === undefined ? kinds.length > 0 : kinds.includes(kind);
}

/** The formats that a kind is applied and read in. */
export function formatsOf(
  { kinds, formats }: Capabilities,
  kind: string,
): readonly ResourceFormat[] {
  return (kinds === "any" ? undefined : domainOf(kinds, kind)?.formats) ?? formats;
}

/** Kinds with namespaces that are taken in this format: two examples where any kind is. */
function kindsOf(capabilities: Capabilities, format: ResourceFormat): readonly string[] {
  const { kinds, formats } = capabilities;
  if (!formats.includes(format)) return [];
  const names =
    kinds === "any"
      ? ["ConfigMap", "Job"]
      : kinds
          .filter((domain) => takesNamespaces(domain) && takesPlainNames(domain))
          .map(({ kind }) => kind);
  return names.filter((kind) => canSay(capabilities, kind, format));
}

function canSay(capabilities: Capabilities, kind: string, format: ResourceFormat): boolean {
  return formatsOf(capabilities, kind).includes(format) && (format !== "hcl" || kind === "Job");
}

/** Whether the suite can write a manifest of this kind that the backend takes. */
export function canWrite(capabilities: Capabilities, domain: KindDomain): boolean {
  return (
    takesPlainNames(domain) &&
    writableFormats.some((format) => canSay(capabilities, domain.kind, format))
  );
}

/** Whether a kind's names may be as the suite's are. */
export function takesPlainNames(domain: KindDomain): boolean {
  return ["z", "r-0", "a".repeat(longestName)].every((name) => takesName(domain, name));
}

/** Whether a kind may have this name. */
export function takesName({ names }: KindDomain, name: string): boolean {
  return names === undefined || new RegExp(`^(?:${names})$`, "u").test(name);
}

/** The formats that the suite can write and the backend takes. */
export function takenFormats(capabilities: Capabilities): readonly ResourceFormat[] {
  return writableFormats.filter((format) => takesFormat(capabilities, format));
}

/** Whether a kind's bodies come back as they were applied. */
export function keepsBytes({ kinds, fidelity }: Capabilities, kind: string): boolean {
  return ((kinds === "any" ? undefined : domainOf(kinds, kind))?.fidelity ?? fidelity) === "bytes";
}

/** Whether a reference of this kind may go without a namespace and stays cluster-scoped then. */
export function takesClusterScope({ kinds }: Capabilities, kind: string): boolean {
  if (kinds === "any") return true;
  const domain = domainOf(kinds, kind);
  return domain?.scope !== "namespaced" && domain?.defaultNamespace === undefined;
}

function domainOf(kinds: readonly KindDomain[], kind: string): KindDomain | undefined {
  return kinds.find((domain) => domain.kind === kind);
}

/** Whether a kind's resources may have a namespace. */
export function takesNamespaces({ scope }: KindDomain): boolean {
  return scope !== "cluster";
}
