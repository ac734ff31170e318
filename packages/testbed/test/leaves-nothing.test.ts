/** However a test's process ends, no process, file, mount or interface of its servers is left. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { etcd, networkProblem, serverForTests, startEtcd } from "@engenho/testbed";
import { assert, describe, expect, onTestFinished, test } from "vitest";
import { until } from "../src/run/until.ts";
import { openWorkspace } from "../src/run/workspace.ts";
import { mustRun, runProgram } from "../src/servers/run-program.ts";
import { makeDirectory, processesNaming } from "./support.ts";

const server = await serverForTests(etcd);
const noNetwork = await networkProblem();
if (noNetwork !== undefined && process.env["CI"] === "true") throw new Error(noNetwork);
if (noNetwork !== undefined) console.warn(`testbed: SKIPPED partitions: ${noNetwork}`);

const childFile = fileURLToPath(new URL("./cluster-child.ts", import.meta.url));

/** Starts the child with a temporary directory of its own, and waits for its members. */
async function startChild(place: string) {
  const directory = makeDirectory();
  const child = spawn(process.execPath, [childFile, place], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { endpoints } = JSON.parse(line) as { readonly endpoints: readonly string[] };
  return { child, directory, endpoints };
}

const expectNothingLeft = (directory: string): Promise<true> =>
  until("nothing to be left", async () => {
    const files = await mustRun("ls", ["-A", directory]);
    return files === "" && processesNaming(directory).length === 0 ? true : undefined;
  });

describe.skipIf(server === undefined)("three members, one of them stalled", () => {
  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("are gone after %s", async (signal) => {
    const { child, directory } = await startChild("loopback");
    // The child, its keeper and three members.
    expect(processesNaming(directory)).toHaveLength(5);
    child.kill(signal);
    await expectNothingLeft(directory);
  });

  test("are gone when the terminal's whole process group is killed", async () => {
    const { child, directory } = await startChild("loopback");
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await expectNothingLeft(directory);
  });

  test.skipIf(noNetwork !== undefined)("are gone with their network after SIGKILL", async () => {
    const { child, directory, endpoints } = await startChild("namespaces");
    const subnet = new URL(endpoints[0] ?? "").hostname.replace(/\d+$/, "");
    const ours = (): boolean =>
      Object.values(networkInterfaces()).some((all) =>
        all?.some(({ address }) => address.startsWith(subnet)),
      );
    expect(ours()).toBe(true);
    child.kill("SIGKILL");
    await expectNothingLeft(directory);
    await until("the interface to go", async () => (ours() ? undefined : true));
  });

  test("are gone after close, as is the keeper", async () => {
    assert(server !== undefined);
    const cluster = await startEtcd({ server, size: 3 });
    // Not all keepers: other tests have some at the same time.
    const directory = dirname(cluster.members[0]?.dataDirectory ?? "");
    expect(processesNaming(directory)).toHaveLength(4);
    cluster.members[1]?.pause();
    await cluster.close();
    await cluster.close();
    expect(cluster.members.map(({ running }) => running)).toEqual([false, false, false]);
    expect(processesNaming(directory)).toEqual([]);
  });
});

describe("a workspace", () => {
  test("ends what its processes have started, sessions of their own included", async () => {
    const workspace = await openWorkspace();
    await workspace.start("parent", "sh", ["-c", "setsid sleep 1000 & setsid -f sleep 1000; wait"]);
    await until("the children", async () =>
      processesNaming(workspace.directory).length >= 4 ? true : undefined,
    );
    await workspace.close();
    expect(processesNaming(workspace.directory)).toEqual([]);
    expect(existsSync(workspace.directory)).toBe(false);
  });

  test("says that a program cannot be started, and is closed all the same", async () => {
    const workspace = await openWorkspace();
    await expect(workspace.start("none", "/no/such/program", [])).rejects.toThrow("ENOENT");
    await workspace.close();
    expect(existsSync(workspace.directory)).toBe(false);
  });

  test("closes without its keeper", async () => {
    const workspace = await openWorkspace();
    await workspace.start("one", "sleep", ["1000"]);
    for (const pid of processesNaming(workspace.directory)) {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      if (command.includes("keeper.ts")) process.kill(Number(pid), "SIGKILL");
    }
    await workspace.close();
    expect(processesNaming(workspace.directory)).toEqual([]);
  });

  test("unmounts what is mounted in it, and keeps what the mount showed", async ({ skip }) => {
    const outside = makeDirectory();
    writeFileSync(join(outside, "kept"), "");
    const workspace = await openWorkspace();
    const place = join(workspace.directory, "mounted");
    mkdirSync(place);
    const { code, complaint } = await runProgram("mount", ["--bind", outside, place]);
    const wasMounted = existsSync(join(place, "kept"));
    await workspace.close();
    expect(existsSync(workspace.directory)).toBe(false);
    expect(existsSync(join(outside, "kept"))).toBe(true);
    if (code !== 0 && process.env["CI"] === "true") throw new Error(complaint);
    if (code !== 0) skip(`nothing can be mounted: ${complaint}`);
    expect(wasMounted).toBe(true);
  });
});
