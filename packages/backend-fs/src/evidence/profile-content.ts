/** What a profile's file holds: its fields, the values that they may have, and the order of both. */

import type { PlatformAdmission } from "./admission.ts";
import type { HostEvidence, StorePathEvidence } from "./platform-evidence.ts";
import { longestName } from "./probes.ts";

/** What a profile pins: all that was observed and decided but the hour. */
export interface PlatformProfile {
  readonly host: HostEvidence;
  readonly storePath: StorePathEvidence;
  readonly admission: PlatformAdmission;
}

/** The version of what follows. */
export const schemaVersion = 1;

/** The values that a field may have in a file: these, any text, or a number of bytes. */
type Values = readonly string[] | "text" | "bytes";

/** The sections and fields of a file, in the order in which the checksum takes them. */
const sections = {
  host: { platform: "text", monotonicClock: ["process-local"] },
  storePath: {
    filesystem: "text",
    storage: ["disk", "memory", "network", "unknown"],
    fileSync: ["accepted", "refused"],
    directorySync: ["accepted", "refused"],
    renameOver: ["replaces", "refused"],
    noFollow: ["refuses-links", "follows-links", "no-links"],
    hardLinks: ["made", "refused"],
    positionalReads: ["exact", "wrong"],
    fileTimes: ["microseconds", "coarse"],
    nameBytes: "bytes",
    letterCase: ["distinct", "folded"],
    unicode: ["distinct", "folded", "refused"],
  },
  admission: {
    durability: ["power-loss", "process"],
    persistence: ["assured", "unverified", "not-promised"],
    replacement: ["rename"],
    links: ["refused", "absent"],
  },
} as const satisfies {
  readonly [Part in keyof PlatformProfile]: {
    readonly [Field in keyof PlatformProfile[Part]]: Values;
  };
};

type Section = keyof typeof sections;
const sectionNames = Object.keys(sections) as Section[];

type FileSection = Readonly<Record<string, unknown>>;
/** The file as an object, fingerprint aside. */
export interface FileContent {
  readonly schema_version: number;
  readonly [section: string]: unknown;
}

/** A profile with the file's names, in the file's order. */
export function toContent(profile: PlatformProfile): FileContent {
  const content: Record<string, unknown> = {};
  for (const section of sectionNames) {
    const values: Readonly<Record<string, unknown>> = { ...profile[section] };
    const fields = Object.keys(sections[section]).map((field) => [snakeCase(field), values[field]]);
    content[snakeCase(section)] = Object.fromEntries(fields);
  }
  return { schema_version: schemaVersion, ...content };
}

/** The other way round, for content without a fault. */
export function fromContent(content: FileContent): PlatformProfile {
  const profile: Record<string, unknown> = {};
  for (const section of sectionNames) {
    const values = content[snakeCase(section)] as FileSection;
    const fields = Object.keys(sections[section]).map((field) => [field, values[snakeCase(field)]]);
    profile[section] = Object.fromEntries(fields);
  }
  return profile as unknown as PlatformProfile;
}

/** The fields of what was found that no file may hold: what could not be tried, and what follows from it. */
export function untriedFields(found: PlatformProfile): readonly string[] {
  const content = toContent(found);
  return sectionNames.flatMap((section) => {
    const values = content[snakeCase(section)] as FileSection;
    return Object.entries<Values>(sections[section])
      .map(([field, allowed]) => [snakeCase(field), allowed] as const)
      .filter(([field, allowed]) => !isAllowed(values[field], allowed))
      .map(([field]) => `${snakeCase(section)}.${field}`);
  });
}

/** A field that is missing, too many or has another value. */
export function faultOf(content: Readonly<Record<string, unknown>>): string | undefined {
  const known = new Set(["schema_version", ...sectionNames.map(snakeCase)]);
  const stranger = Object.keys(content).find((key) => !known.has(key));
  if (stranger !== undefined) return `it has ${say(stranger)}, which no profile has`;
  for (const section of sectionNames) {
    const name = snakeCase(section);
    const values = content[name];
    if (!isObject(values)) return `it has no object ${name}`;
    const fields: Readonly<Record<string, Values>> = sections[section];
    const names = new Map(
      Object.entries(fields).map(([field, allowed]) => [snakeCase(field), allowed]),
    );
    const odd = Object.keys(values).find((key) => !names.has(key));
    if (odd !== undefined) return `it has ${say(`${name}.${odd}`)}, which no profile has`;
    for (const [field, allowed] of names) {
      if (!isAllowed(values[field], allowed)) return `${name}.${field} is ${say(values[field])}`;
    }
  }
  return undefined;
}

function isAllowed(value: unknown, allowed: Values): boolean {
  if (allowed === "bytes")
    return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= longestName;
  if (typeof value !== "string") return false;
  return allowed === "text" ? value !== "" : allowed.includes(value);
}

/** Every field by its path. */
export function flat(content: FileContent): Readonly<Record<string, unknown>> {
  const fields = sectionNames
    .map(snakeCase)
    .flatMap((section) =>
      Object.entries(content[section] as FileSection).map(([field, value]) => [
        `${section}.${field}`,
        value,
      ]),
    );
  return Object.fromEntries(fields) as Readonly<Record<string, unknown>>;
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A value as messages have it. */
export function say(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 80);
}
