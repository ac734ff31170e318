/** The one error class of the contract. */

import type { ResourceRef } from "./resource.ts";
import type { Verb } from "./capabilities.ts";

/** The codes every reader knows; packages add their own, which others treat as `internal`. */
export const errorCodes = [
  "unsupported",
  "unsupported_format",
  "invalid_manifest",
  "invalid_reference",
  "not_found",
  "conflict",
  "too_large",
  "no_space",
  "corrupt",
  "locked",
  "unavailable",
  "timeout",
  "aborted",
  "permission_denied",
  "closed",
  "internal",
] as const;

/** Says what went wrong. Codes are stable within a major version; messages are not. */
export type ErrorCode = (typeof errorCodes)[number] | (string & {});

/**
 * What a failed verb left behind: `none` (nothing changed, no event), `unknown` (it may have
 * happened) or `pending` (a delete under way that cannot be undone).
 */
export type Outcome = "none" | "unknown" | "pending";

/** Everything beside the message that a {@link BackendError} carries. */
export interface BackendErrorDetails {
  /** The name of the backend that refused. */
  readonly backend?: string | undefined;
  /** What it was asked to do. */
  readonly verb?: Verb | "open" | "close" | undefined;
  /** The resource that the call was about, where it was about one. */
  readonly ref?: ResourceRef | undefined;
  /** The field of the reference or the manifest at fault, as a path: `namespace`, `metadata.name`. */
  readonly field?: string | undefined;
  /** Default: `unknown` for `timeout`, `unavailable` and `internal`, `none` for every other code. */
  readonly outcome?: Outcome | undefined;
  /** Whether the same call can succeed later with nothing else changed. Default: as the code implies. */
  readonly retryable?: boolean | undefined;
  /** What was thrown below, as it was. */
  readonly cause?: unknown;
}

const retryableCodes: ReadonlySet<ErrorCode> = new Set(["unavailable", "timeout", "locked"]);

/** Codes after which nobody knows, unless whoever throws them does. */
const unknownOutcomeCodes: ReadonlySet<ErrorCode> = new Set(["unavailable", "timeout", "internal"]);

/**
 * Why a verb failed, in one line a person can act on.
 *
 * @example
 * try {
 *   await backend.get({ kind: "Pod", name: "nginx", namespace: "default" }, "yaml");
 * } catch (error) {
 *   if (!BackendError.is(error, "not_found")) throw error;
 * }
 */
export class BackendError extends Error {
  /** What {@link BackendError.is} knows it by, across copies of this package. */
  override readonly name = "BackendError";
  /** What programs decide by. */
  readonly code: ErrorCode;
  /** The message without the code before it. */
  readonly reason: string;
  /** The name of the backend that refused; undefined where the error was thrown outside any. */
  readonly backend: string | undefined;
  /** What it was asked to do. */
  readonly verb: BackendErrorDetails["verb"];
  /** The resource that the call was about, where it was about one. */
  readonly ref: ResourceRef | undefined;
  /** The field of the reference or the manifest at fault, as a path: `namespace`, `metadata.name`. */
  readonly field: string | undefined;
  /** What the failed verb left behind. */
  readonly outcome: Outcome;
  /** Whether the same call can succeed later with nothing else changed. */
  readonly retryable: boolean;

  /**
   * An error of this code, whose message is the code and the reason.
   *
   * @param reason One line without the code; line breaks become spaces.
   */
  constructor(code: ErrorCode, reason: string, details: BackendErrorDetails = {}) {
    const line = onOneLine(reason);
    super(`[${code}] ${line}`, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.reason = line;
    this.backend = details.backend;
    this.verb = details.verb;
    this.ref = details.ref;
    this.field = details.field;
    this.outcome = details.outcome ?? (unknownOutcomeCodes.has(code) ? "unknown" : "none");
    this.retryable = details.retryable ?? retryableCodes.has(code);
  }

  /**
   * Whether a value is a BackendError, of this code if one is given. Two copies of this package in
   * one program recognise each other's errors.
   */
  static is(value: unknown, code?: ErrorCode): value is BackendError {
    return (
      value instanceof Error &&
      value.name === "BackendError" &&
      "code" in value &&
      "outcome" in value &&
      (code === undefined || value.code === code)
    );
  }

  /**
   * A BackendError with the details that it lacks filled in (its outcome stands); anything else
   * becomes `internal` with these details and the original as its cause.
   */
  static from(value: unknown, details: BackendErrorDetails = {}): BackendError {
    if (!BackendError.is(value)) {
      const reason = value instanceof Error ? value.message : String(value);
      return new BackendError("internal", reason, { ...details, cause: value });
    }
    const filled = new BackendError(value.code, value.reason, {
      backend: value.backend ?? details.backend,
      verb: value.verb ?? details.verb,
      ref: value.ref ?? details.ref,
      field: value.field ?? details.field,
      outcome: value.outcome,
      retryable: value.retryable,
      ...("cause" in value ? { cause: value.cause } : {}),
    });
    if (value.stack !== undefined) filled.stack = value.stack;
    return filled;
  }
}

/** Joins lines by a space. Line by line: one pattern for breaks and blanks around them backtracks. */
function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]/);
  if (lines.length === 1) return text;
  const [first = "", ...rest] = lines;
  const last = rest.pop() ?? "";
  const between = rest.map((line) => line.trim()).filter((line) => line !== "");
  return [first.trimEnd(), ...between, last.trimStart()].join(" ");
}
