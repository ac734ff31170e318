/** The one error class of sealed files. */

/**
 * What is wrong: the file or its directory (`io`), its first bytes (`bad_magic`), its length
 * (`truncated`), its content (`hash_mismatch`), what was to be written (`encode`), or what was sealed
 * in it (`decode`).
 */
export type CatalogSnapshotErrorKind =
  | "io"
  | "bad_magic"
  | "truncated"
  | "hash_mismatch"
  | "encode"
  | "decode";

/** Everything beside the message that a {@link CatalogSnapshotError} carries. */
export interface CatalogSnapshotErrorDetails {
  /** The file, where there is one: the message begins with it. */
  readonly path?: string | undefined;
  /** The error behind this one: the operating system's, or what `parse` threw. */
  readonly cause?: unknown;
}

/**
 * Why a sealed file could not be written or read, in one line. Kinds are stable within a major
 * version, messages are not.
 *
 * @example
 * try {
 *   await CatalogSnapshot.loadFrom(path);
 * } catch (error) {
 *   if (!CatalogSnapshotError.is(error, "hash_mismatch")) throw error;
 * }
 */
export class CatalogSnapshotError extends Error {
  /** Always `CatalogSnapshotError`, in whichever copy of this package it was made. */
  override readonly name = "CatalogSnapshotError";
  /** What is wrong, for programs. */
  readonly kind: CatalogSnapshotErrorKind;
  /** The file, as it was given; undefined where bytes were decoded. */
  readonly path: string | undefined;
  /** The message without the kind and the path before it. */
  readonly reason: string;

  /** Makes an error whose message is `[kind] path: reason`, with control characters escaped. */
  constructor(
    kind: CatalogSnapshotErrorKind,
    reason: string,
    details: CatalogSnapshotErrorDetails = {},
  ) {
    const line = onOneLine(reason);
    const where = details.path === undefined ? "" : `${onOneLine(details.path)}: `;
    super(`[${kind}] ${where}${line}`, "cause" in details ? { cause: details.cause } : undefined);
    this.kind = kind;
    this.path = details.path;
    this.reason = line;
  }

  /**
   * Whether a value is a CatalogSnapshotError, of this kind if one is given. Two copies of this
   * package in one program recognise each other's errors.
   */
  static is(value: unknown, kind?: CatalogSnapshotErrorKind): value is CatalogSnapshotError {
    return (
      value instanceof Error &&
      value.name === "CatalogSnapshotError" &&
      "kind" in value &&
      "reason" in value &&
      (kind === undefined || value.kind === kind)
    );
  }
}

/** A path may hold line breaks and control characters; a message may not. */
function onOneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
