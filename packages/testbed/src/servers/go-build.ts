/** Builds a server from Go modules of pinned versions, once for each set of pins. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { alone, cacheDirectory } from "./cache-directory.ts";
import { lastLine, runProgram } from "./run-program.ts";
import type { ServerKind } from "./server-kind.ts";

/** Ends a build that hangs, on a network that never answers for instance. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** Where Go's installation guide unpacks it, which not every PATH knows: those of services, for one. */
const installedGo = "/usr/local/go/bin";

/** An environment in which Go is found: on PATH, or else where it is usually installed. */
export function withGo(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = [environment["PATH"], installedGo].filter((part) => part !== undefined);
  return { ...environment, PATH: path.join(delimiter) };
}

/** Where the cache has it, or will have it. Other pins, another place: nothing in the cache is ever stale. */
export function cachedProgram(kind: ServerKind, environment: NodeJS.ProcessEnv): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) {
    hash.update(readFileSync(new URL(file, kind.go.directory)));
  }
  const pins = hash.update(`${process.platform}-${process.arch}`).digest("hex").slice(0, 16);
  return join(cacheDirectory(environment), `${kind.name}-${pins}`, kind.name);
}

/**
 * The path of the program, built if the cache does not have it. Modules come from where this
 * machine's Go gets them. A build yields to whatever else runs.
 *
 * @throws Error What Go complained of.
 */
export async function goBuild(kind: ServerKind, environment: NodeJS.ProcessEnv): Promise<string> {
  const program = cachedProgram(kind, environment);
  await alone(join(program, ".."), async () => {
    if (existsSync(program)) return; // Another process made it while this one waited.
    console.warn(`testbed: building ${kind.name} with Go, once (${kind.go.duration})`);
    const unfinished = `${program}.unfinished`;
    const build = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", unfinished, kind.go.package];
    const { code, complaint } = await runProgram("nice", ["-n", "10", ...build], {
      cwd: fileURLToPath(kind.go.directory),
      env: { ...withGo(environment), CGO_ENABLED: "0", GOWORK: "off" },
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    if (code !== 0) {
      await rm(unfinished, { force: true });
      throw new Error(lastLine(complaint) || "the build did not end in time");
    }
    await rename(unfinished, program);
  });
  return program;
}
