/** Finds the program that members are, and looks whether it is new enough. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BackendError } from "@engenho/sdk";
import { shown } from "../shown.ts";

const advice =
  "install etcd (https://etcd.io/docs/latest/install/) on PATH, or give its path as `etcd`";

/** @throws TypeError for what no version can be compared with: any etcd would be new enough. */
export function checkVersion(minimumVersion: unknown): void {
  if (typeof minimumVersion === "string" && /^\d+(\.\d+){0,2}$/.test(minimumVersion)) return;
  throw new TypeError(`minimumVersion must look like "3.5.13", not ${shown(minimumVersion)}`);
}

/**
 * @throws BackendError `unavailable` where there is none, `unsupported` for one that is too old; outcome `none`, and not
 * retryable.
 */
export async function checkProgram(path: string, minimumVersion: string): Promise<void> {
  const version = await versionOf(path);
  if (version === undefined) throw refusal("unavailable", `${path} is no etcd: ${advice}`);
  if (!isOlder(version, minimumVersion)) return;
  throw refusal(
    "unsupported",
    `${path} is etcd ${version}, older than ${minimumVersion}: take a newer one, or lower \`minimumVersion\``,
  );
}

/** etcd's own variables, which would be arguments that nobody sees here, are left out. */
export function etcdEnvironment(): NodeJS.ProcessEnv {
  const all = Object.entries(process.env);
  return Object.fromEntries(all.filter(([name]) => !name.startsWith("ETCD_")));
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const env = etcdEnvironment();
    const { stdout } = await promisify(execFile)(path, ["--version"], { env, timeout: 30_000 });
    return /^etcd Version: (\S+)$/m.exec(stdout)?.[1];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refusal("unavailable", `cannot run ${path} (${why}): ${advice}`, error);
  }
}

function refusal(code: "unavailable" | "unsupported", reason: string, cause?: unknown) {
  return new BackendError(code, reason, { outcome: "none", retryable: false, cause });
}

/** By the numbers; `3.6.0-rc.1` counts as `3.6.0`. */
function isOlder(version: string, minimum: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(minimum)];
  const place = theirs.findIndex((number, index) => number !== (ours[index] ?? 0));
  return place !== -1 && (ours[place] ?? 0) < (theirs[place] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return version.split(/[.-]/, 3).map(Number);
}
