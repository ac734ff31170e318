/** The operating system's names of errors (`ENOSPC`), those included that Node has no name for. */

/** Node calls these `Unknown system error` with Linux's number. */
const unnamed: Readonly<Record<string, string>> = {
  "Unknown system error -74": "EBADMSG",
  "Unknown system error -116": "ESTALE",
  "Unknown system error -117": "EUCLEAN",
  "Unknown system error -122": "EDQUOT",
};

/** The errno name of an error; undefined if it is not the operating system's. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" ? (unnamed[code] ?? code) : undefined;
}

/**
 * What rename(2) and unlink(2) find out before they change anything. After any other error (a disk's, a server's that
 * answers no more) nobody knows whether it was done.
 */
const refusals: ReadonlySet<string> = new Set([
  "EACCES",
  "EBUSY",
  "EDQUOT",
  "EEXIST",
  "EINVAL",
  "EISDIR",
  "ELOOP",
  "EMFILE",
  "EMLINK",
  "ENAMETOOLONG",
  "ENFILE",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "ENOTEMPTY",
  "EPERM",
  "EROFS",
  "ETXTBSY",
  "EXDEV",
]);

/** Whether the errno of a rename or an unlink proves that it was not done. */
export function provesNotDone(errno: string | undefined): boolean {
  return errno !== undefined && refusals.has(errno);
}
