/** What the operating system's errors mean to a caller. */

import { BackendError, type BackendErrorDetails, type ErrorCode } from "@engenho/sdk";
import type { TreeProblem } from "./commit/tree-problem.ts";
import { errnoOf } from "./errno.ts";

const codes: Readonly<Record<string, readonly [code: ErrorCode, words: string]>> = {
  ENOSPC: ["no_space", "no space left on the device"],
  EDQUOT: ["no_space", "the disk quota is used up"],
  EACCES: ["permission_denied", "permission denied"],
  EPERM: ["permission_denied", "operation not permitted"],
  EROFS: ["permission_denied", "the filesystem is read-only"],
  ENOENT: ["conflict", "no such file or directory"],
  EEXIST: ["conflict", "something else is there"],
  ENOTDIR: ["conflict", "something that is not a directory is in the way"],
  EISDIR: ["conflict", "a directory is in the way"],
  ELOOP: ["conflict", "a symbolic link is in the way"],
  ENOTEMPTY: ["conflict", "the directory is not empty"],
  EXDEV: ["unsupported", "the store would lie on more than one filesystem"],
  EOVERFLOW: ["unsupported", "the filesystem keeps another time of modification"],
  EFBIG: ["too_large", "the filesystem takes no file of this size"],
  ENAMETOOLONG: ["unsupported", "the path is longer than the system takes"],
  EMFILE: ["unavailable", "this process has too many files open"],
  ENFILE: ["unavailable", "the system has too many files open"],
  ENOMEM: ["unavailable", "the system has no memory left"],
  EIO: ["unavailable", "input/output error"],
  EREMOTEIO: ["unavailable", "input/output error of what lies behind the filesystem"],
  EUCLEAN: ["unavailable", "the filesystem is damaged"],
  EBADMSG: ["unavailable", "the filesystem is damaged: a checksum does not match"],
  ESTALE: ["unavailable", "the server does not know the file any more"],
  ETIMEDOUT: ["unavailable", "the server has not answered in time"],
  EHOSTDOWN: ["unavailable", "the server is down"],
  EHOSTUNREACH: ["unavailable", "the server cannot be reached"],
  ENOTCONN: ["unavailable", "nobody serves the filesystem any more"],
  ECONNABORTED: ["unavailable", "the connection to what serves the filesystem was cut off"],
};

/**
 * A BackendError that says what could not be done; one that is a BackendError already stands.
 *
 * @param action What failed, with its path: `write /srv/store/Pod/default/nginx.envelope`.
 */
export function fsError(
  error: unknown,
  action: string,
  details: BackendErrorDetails = {},
): BackendError {
  if (BackendError.is(error)) return error;
  const errno = errnoOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  const [code, words] = codes[errno ?? ""] ?? ["internal", reason];
  // Node's own words begin with it.
  const message = errno === undefined || words.startsWith(errno) ? words : `${words} (${errno})`;
  return new BackendError(code, `cannot ${action}: ${message}`, {
    // Whoever calls the system knows what it has done by then; where that is nothing, nothing is said.
    outcome: "none",
    ...details,
    cause: error,
  });
}

/** Whether an error says something of this process or moment, and nothing of the file. */
export function isExhaustion(error: unknown): boolean {
  return ["EMFILE", "ENFILE", "ENOMEM"].includes(errnoOf(error) ?? "");
}

/** The result of an operation, or undefined if what it names is not there. */
export async function unlessMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** A problem that a thread told of, as the error that it was. */
export function problemError({
  action,
  errno,
  message,
  outcome,
  conflict,
}: TreeProblem): BackendError {
  if (conflict !== undefined) return new BackendError("conflict", conflict, { outcome });
  const cause = Object.assign(new Error(message), errno === undefined ? {} : { code: errno });
  if (errno === "ENOENT") {
    const reason = `cannot ${action}: another process has removed a directory meanwhile; try again (ENOENT)`;
    return new BackendError("conflict", reason, { outcome, retryable: true, cause });
  }
  return fsError(cause, action, { outcome });
}
