/** What of etcd's log says why a member is not there. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LogFile } from "../src/member/log-file.ts";
import { makeDirectory } from "./member-support.ts";

const line = (level: string, msg: string, error?: string): string =>
  JSON.stringify({ level, msg, error });
const token = line("warn", "simple token is not cryptographically signed");
const stopping = line(
  "error",
  "setting up serving from embedded etcd failed.",
  "server is stopping",
);
const listener = line("fatal", "listener failed", "server is stopping");

test.each([
  ["nothing, where it says what it says at every start", [token], undefined],
  [
    "nothing, where a new database has no schema yet",
    [
      line("warn", "Failed to detect schema version", "missing term information"),
      line("error", "failed to update storage version", "missing term information"),
    ],
    undefined,
  ],
  ["nothing, where it only ends", [stopping, "Terminated"], undefined],
  [
    "the last of the worst",
    [line("error", "one"), line("error", "two", "why"), line("warn", "three"), token],
    "two: why",
  ],
  [
    "a reason, though it is a warning",
    [
      line("warn", "server error", "the member has been permanently removed from the cluster"),
      stopping,
      listener,
    ],
    "the member has been permanently removed from the cluster",
  ],
  [
    "another cluster",
    [
      line("warn", "request sent was ignored by remote peer due to cluster ID mismatch"),
      line("error", "something else"),
    ],
    "request sent was ignored by remote peer due to cluster ID mismatch",
  ],
  [
    "what it says before it has a logger",
    ['invalid value "much" for flag -quota-backend-bytes: parse error', "Usage:"],
    'invalid value "much" for flag -quota-backend-bytes: parse error',
  ],
])("%s", async (_, lines, complaint) => {
  const path = join(makeDirectory(), "etcd.log");
  writeFileSync(path, `${lines.join("\n")}\n`);
  expect(await new LogFile(path).complaint(0)).toBe(complaint);
});
