/** What went wrong in a call to etcd, as an error that a person can act on. */

import { type ServiceError, status } from "@grpc/grpc-js";
import { BackendError, type ErrorCode } from "@engenho/sdk";

/** What an error of etcd means. */
interface Meaning {
  readonly code: ErrorCode;
  /** For people; what etcd says itself is the cause's. */
  readonly reason: string;
  /** Whether nothing can have happened: etcd refuses this before it proposes anything. */
  readonly isRefusal: boolean;
  readonly retryable?: boolean;
  /** Whether another member may do better, while a retry with this one is of no use. */
  readonly isOfOneMember?: boolean;
  /** Whether people are told what grpc-js says, too: it may be no etcd that is there. */
  readonly isQuoted?: boolean;
  /** Where no connection has come about: why, by what grpc-js says. */
  readonly why?: (details: string) => string;
}

/** An error of a call, and where it was tried. */
export interface FailedCall extends ServiceError {
  readonly endpoints?: readonly string[];
}

const refusal = (code: ErrorCode, reason: string, retryable = false): Meaning => ({
  code,
  reason,
  isRefusal: true,
  retryable,
});
const doubt = (code: ErrorCode, reason: string): Meaning => ({
  code,
  reason,
  isRefusal: false,
  retryable: true,
});

/** A connection that TLS has not let come about. */
const untrusted = (code: ErrorCode, reason: string): Meaning => ({
  ...refusal(code, reason),
  isOfOneMember: true,
});

const staleToken = /invalid auth token|revision of auth store is old/;
const notInTime = "no connection came about in time";
const full = "etcd's database is full (alarm NOSPACE)";
const unreachable: Meaning = {
  ...refusal("unavailable", "no etcd member can be reached", true),
  why: lastError,
};

/** By what etcd says (its `rpctypes`, by content), the first that fits. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^No connection established.*alert (?:certificate|bad certificate|unknown ca)/,
    untrusted(
      "permission_denied",
      "etcd asks for a certificate that its authority vouches for: `tls.cert` and `tls.key`",
    ),
  ],
  [
    /^No connection established.*(?:verify|self.signed|altnames|certificate has expired)/,
    untrusted(
      "unavailable",
      "TLS: the certificate that etcd shows is not one of `tls.ca` for this host",
    ),
  ],
  [/^No connection established/, unreachable],
  // So grpc-js says that it has no address to connect to.
  [
    /^(?:Name resolution failed|Failed to parse DNS address)/,
    { ...unreachable, why: (details) => `${details.split(/ (?:dns:)?/).at(-1)} does not resolve` },
  ],
  // So grpc-js says that a call had no connection yet.
  [/^Deadline exceeded (?!.*previous attempts).*waiting for/i, unreachable],
  // So we say that nothing was sent for want of a token.
  [/^No token/, refusal("unavailable", "no etcd member says whether it knows the user", true)],
  // So grpc-js says that we have ended it ourselves.
  [/^Cancelled on client/, doubt("unavailable", "the etcd member did not go on answering")],
  // So grpc-js says that a stream has ended without a status, as it may when a member goes.
  [
    /^(?:Received RST_STREAM|Received HTTP status code 200|Write error|Bandwidth exhausted)/,
    { ...doubt("unavailable", "the call has ended without etcd's answer"), isQuoted: true },
  ],
  [/no leader/, refusal("unavailable", "the etcd cluster has no leader: no quorum", true)],
  // Said by a member whose raft has no leader, or is handing over: it has not taken the write.
  [/^raft proposal dropped/, refusal("unavailable", "the etcd cluster has no leader yet", true)],
  [/too many requests/, refusal("unavailable", "etcd has too much to do", true)],
  [/request is too large/, refusal("too_large", "the resource is larger than etcd takes")],
  [/too many operations/, refusal("too_large", "the transaction is larger than etcd takes")],
  // The write that fills it is refused when it has happened.
  [/database space exceeded/, { ...doubt("no_space", full), retryable: false }],
  [staleToken, refusal("permission_denied", "etcd's token is stale", true)],
  [/authentication failed/, refusal("permission_denied", "etcd refuses this user or password")],
  [/user name is empty/, refusal("permission_denied", "etcd wants a user: give `auth`")],
  [
    /authentication is not enabled/,
    refusal("permission_denied", "etcd's authentication is not enabled: leave `auth` out"),
  ],
  [/not supported for learner/, refusal("unavailable", "the etcd member is a learner yet", true)],
  [/permission denied/, refusal("permission_denied", "etcd does not let this user at the prefix")],
];

const byStatus: Readonly<Partial<Record<status, Meaning>>> = {
  [status.DEADLINE_EXCEEDED]: doubt("timeout", "etcd did not answer in time"),
  [status.UNAVAILABLE]: doubt(
    "unavailable",
    "the connection to etcd was lost, or it has no quorum",
  ),
  // We cancel no such call: the member has, as it lost its leader.
  [status.CANCELLED]: doubt("unavailable", "etcd has given the call up: it lost its leader"),
  [status.UNAUTHENTICATED]: refusal("permission_denied", "etcd does not know who this is", true),
  [status.PERMISSION_DENIED]: refusal("permission_denied", "etcd does not let this user do it"),
};

/** Whether an error came from a call. */
export function isServiceError(error: unknown): error is FailedCall {
  return error instanceof Error && "details" in error && "code" in error;
}

/** What an error of a call means. */
export function meaningOf({ code, details }: ServiceError): Meaning {
  return (
    inText(details) ??
    byStatus[code] ?? { code: "internal", reason: `etcd: ${details}`, isRefusal: false }
  );
}

/** Whether no connection came about, so that only who was to listen tells why. */
export function isUnreached(error: unknown): boolean {
  return isServiceError(error) && meaningOf(error).why !== undefined;
}

/** Whether it says of a connection no more than that it did not come about in time. */
export function isVague(error: unknown): boolean {
  return isServiceError(error) && meaningOf(error).why?.(error.details) === notInTime;
}

/** Whether etcd does not know the token any more: it has been restarted, its users have changed, or time is up. */
export function isStaleToken(details: string): boolean {
  return staleToken.test(details);
}

/** The error of a watch that etcd has ended. */
export function endedWatch(details: string): BackendError {
  const ended = doubt("unavailable", `etcd has ended the watch: ${details}`);
  const { code, reason, retryable = false } = inText(details) ?? ended;
  return new BackendError(code, reason, { outcome: "none", retryable });
}

function inText(details: string): Meaning | undefined {
  return byText.find(([pattern]) => pattern.test(details))?.[1];
}

/** The error for a caller whose call may have had an effect, unless etcd is known to have refused it. */
export function etcdError(error: unknown): unknown {
  if (!isServiceError(error)) return error;
  const { code, reason: what, isRefusal, retryable = false, isQuoted, why } = meaningOf(error);
  const { endpoints = [], details } = error;
  const where = endpoints.length === 0 ? "" : ` at ${endpoints.join(", ")}`;
  const quoted = isQuoted === true ? `${what}: ${inOneLine(details)}` : what;
  const reason = why === undefined ? quoted : `${what}${where}: ${why(details)}`;
  const outcome = isRefusal ? "none" : "unknown";
  return new BackendError(code, reason, { outcome, retryable, cause: error });
}

/** Why no connection came about, in one line and without the time, which grpc-js adds. */
function lastError(details: string): string {
  const said = /Last error: (.*?)(?: \(\d{4}-\d\d-[^)]*\))?\. Resolution note/s.exec(details)?.[1];
  if (said === undefined || said === "null") return notInTime;
  return inOneLine(said);
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 200);
}
