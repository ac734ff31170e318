/** A profile: what a root's evidence and admission must be, as a file with a checksum of its own. */

import { realpath } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { BackendError } from "@engenho/sdk";
import { fsError, isExhaustion } from "../fs-error.ts";
import { readRegularFile } from "../read-regular-file.ts";
import { admissionOf, obstacles, type PlatformAdmission } from "./admission.ts";
import { storageOf } from "./filesystem-types.ts";
import type { PlatformEvidence } from "./platform-evidence.ts";
import {
  type FileContent,
  faultOf,
  flat,
  toContent,
  isObject,
  fromContent,
  type PlatformProfile,
  say,
  schemaVersion,
  untriedFields,
} from "./profile-content.ts";

const maxBytes = 64 * 1024;

/** The profile that evidence and admission make. */
export function profileOf(
  evidence: PlatformEvidence,
  admission: PlatformAdmission,
): PlatformProfile {
  return { host: evidence.host, storePath: evidence.storePath, admission };
}

/**
 * A profile as the text of a file.
 *
 * @throws BackendError `no_space` for one with a fact that could not be tried, since the disk is full.
 */
export function encodeProfile(profile: PlatformProfile): string {
  const content = toContent(profile);
  const fault = faultOf(content);
  if (fault !== undefined)
    throw new BackendError("no_space", `no profile can be made of a full disk: ${fault}`);
  const fingerprint_crc32 = fingerprintOf(content);
  return `${JSON.stringify({ ...content, fingerprint_crc32 }, null, 2)}\n`;
}

/**
 * Reads a profile.
 *
 * @throws BackendError `profile_invalid` if it is missing, unreadable, of another version, damaged
 * or contradicts itself; `unavailable` if this process has no files left to open.
 */
export async function readProfile(path: string): Promise<PlatformProfile> {
  let bytes: Uint8Array;
  try {
    // It may be a symbolic link, as mounted configuration is; never a pipe that waits.
    ({ bytes } = await readRegularFile(await realpath(path), maxBytes));
  } catch (error) {
    const failure = fsError(error, `read the profile ${path}`);
    if (isExhaustion(error)) throw failure;
    throw new BackendError("profile_invalid", failure.reason, { cause: error });
  }
  let text: string;
  let content: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(path, "it is not JSON", error);
  }
  const fault = fileFault(content) ?? doubledKey(text, content);
  if (fault !== undefined) throw invalid(path, fault);
  return fromContent(content as FileContent);
}

/** One field that is not as it is pinned, values as text. */
export interface ProfileDifference {
  readonly field: string;
  readonly pinned: string;
  readonly found: string;
}

/** Every field in which two profiles differ; what was not found out differs from nothing. */
export function differencesBetween(
  pinned: PlatformProfile,
  found: PlatformProfile,
): readonly ProfileDifference[] {
  const [wanted, seen] = [flat(toContent(pinned)), flat(toContent(found))];
  const untried = new Set(untriedFields(found));
  return Object.keys(wanted)
    .filter((field) => wanted[field] !== seen[field] && !untried.has(field))
    .map((field) => ({ field, pinned: say(wanted[field]), found: say(seen[field]) }));
}

/** @throws BackendError `profile_mismatch` that names every field in which they differ. */
export function compareProfiles(
  path: string,
  root: string,
  pinned: PlatformProfile,
  found: PlatformProfile,
): void {
  const differences = differencesBetween(pinned, found).map(
    (difference) => `${difference.field} is ${difference.found}, not ${difference.pinned}`,
  );
  if (differences.length === 0) return;
  throw new BackendError(
    "profile_mismatch",
    `${root} is not as the profile ${path} has it: ${differences.join("; ")}`,
  );
}

function fileFault(content: unknown): string | undefined {
  if (!isObject(content)) return "it is not a JSON object";
  const { schema_version, fingerprint_crc32, ...rest } = content;
  if (schema_version !== schemaVersion)
    return `it says schema_version ${say(schema_version)}; this release reads ${schemaVersion}`;
  const fault = faultOf(rest);
  if (fault !== undefined) return fault;
  const profile = fromContent(content as FileContent);
  if (fingerprint_crc32 !== fingerprintOf(toContent(profile)))
    return "its fingerprint_crc32 is not that of what it says";
  return contradictionIn(profile);
}

/** JSON.parse takes the last of two members of one name: then the text has more than the object. */
function doubledKey(text: string, content: unknown): string | undefined {
  if (membersIn(text) === membersIn(JSON.stringify(content))) return undefined;
  return "it says something twice";
}

/** The strings of a JSON text that a colon follows. */
function membersIn(json: string): number {
  const strings = json.matchAll(/"(?:[^"\\]|\\.)*"(?<colon>\s*:)?/g);
  return [...strings].filter(({ groups }) => groups?.["colon"] !== undefined).length;
}

/** What it says of one thing must follow from what it says of another. */
function contradictionIn({ storePath, admission }: PlatformProfile): string | undefined {
  if (storePath.storage !== storageOf(storePath.filesystem))
    return `it contradicts itself: ${storePath.filesystem} does not store in ${say(storePath.storage)}`;
  const [obstacle] = obstacles(storePath, admission.durability);
  if (obstacle !== undefined)
    return `it contradicts itself: it admits a filesystem that ${obstacle}`;
  const follows = admissionOf(storePath, admission.durability);
  const fields = Object.keys(follows) as (keyof PlatformAdmission)[];
  const field = fields.find((name) => follows[name] !== admission[name]);
  if (field === undefined) return undefined;
  return `it contradicts itself: admission.${field} is ${say(admission[field])} where ${say(follows[field])} follows`;
}

/** IEEE CRC-32 of the compact JSON, in declared order and without the fingerprint. */
function fingerprintOf(content: FileContent): number {
  return crc32(JSON.stringify(content));
}

function invalid(path: string, reason: string, cause?: unknown): BackendError {
  return new BackendError("profile_invalid", `the profile ${path} is invalid: ${reason}`, {
    cause,
  });
}
