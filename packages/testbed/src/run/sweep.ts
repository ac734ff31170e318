/** Ends all that runs for a workspace and removes what it left: by what the kernel shows, not by a list. */

import { readdir, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "../servers/run-program.ts";

/**
 * The environment variable that every process of a workspace carries, with the workspace's directory
 * as its value. Children inherit it, so that none is missed, however it was started.
 */
export const mark = "ENGENHO_TESTBED_WORKSPACE";

/** Idempotent. Resolves when no process, mount or file of the workspace is left. */
export async function sweep(directory: string): Promise<void> {
  // More than once: what is being ended may start another.
  for (let left = await marked(directory); left.length > 0; left = await marked(directory)) {
    for (const pid of left) kill(pid);
    await sleep(5);
  }
  for (const place of await mountsBelow(directory)) await runProgram("umount", ["--lazy", place]);
  await rm(directory, { recursive: true, force: true });
}

/** The processes that carry the mark. One that has ended has no environment any more. */
async function marked(directory: string): Promise<readonly number[]> {
  const names = await readdir("/proc");
  const pids = names.map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const carry = await Promise.all(
    pids.map(async (pid) => {
      // Another user's, or gone meanwhile: not ours.
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return environment.split("\0").includes(`${mark}=${directory}`);
    }),
  );
  return pids.filter((_, index) => carry[index]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // It has ended by itself.
  }
}

/** Later mounts first: they may lie in earlier ones. */
async function mountsBelow(directory: string): Promise<readonly string[]> {
  const lines = (await readFile("/proc/self/mounts", "utf8")).split("\n");
  const places = lines.map((line) => line.split(" ")[1] ?? "");
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}
