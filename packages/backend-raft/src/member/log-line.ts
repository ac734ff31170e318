/** What a line of etcd's log is worth to who asks why a member is not there. */

/** A line, read. */
export interface LogLine {
  /** The higher, the more it tells; below 0 where it tells nothing of what is wrong. */
  readonly rank: number;
  /** For people. */
  readonly message: string;
}

const levels = ["warn", "error", "dpanic", "panic", "fatal"];

/** What says by itself why a member cannot be there, at whatever level etcd says it. */
const reasons =
  /the member has been permanently removed from the cluster|request sent was ignored.* cluster ID mismatch/;

/** What etcd says of every start and of every end, and of others that have just gone. */
const commonplaces = [
  /^simple token is not cryptographically signed/,
  /^Running http and grpc server on single port/,
  /^(?:Failed to detect|failed to update).*missing term information/s,
  /(?:server is stopping|[Ss]erver closed|use of closed network connection)$/,
  /^(?:lost|closed) TCP streaming connection/,
];

/** What one says that has not even begun, or has broken down. */
const plain = /^(?:flag |bad flag |invalid (?:boolean )?(?:value|flag) |panic:|fatal error:)/;

/** A line that is no JSON comes of what etcd says before it has a logger, or of its shell. */
export function readLogLine(line: string): LogLine {
  try {
    const { level, msg, error } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const message = [msg, error].filter((part) => typeof part === "string").join(": ");
    const [reason] = reasons.exec(message) ?? [];
    if (reason !== undefined) return { rank: levels.length + 1, message: reason };
    const isCommon = commonplaces.some((pattern) => pattern.test(message));
    return { rank: isCommon ? -1 : levels.indexOf(String(level)), message };
  } catch {
    return { rank: plain.test(line) ? levels.length : -1, message: line };
  }
}

/** What to do where it is of no use to start a member again, by what it has complained of. */
export function adviceFor(complaint: string | undefined): string | undefined {
  return advice.find(([pattern]) => complaint !== undefined && pattern.test(complaint))?.[1];
}

const advice: readonly (readonly [RegExp, string])[] = [
  [
    /permanently removed from the cluster/,
    "it comes back as a new member only: `etcdctl member add`, and an empty `logDir`",
  ],
  [/^failed to verify flags|^(?:flag|bad flag|invalid)\b.* -/, "look at `flags`"],
];
