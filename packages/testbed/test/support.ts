/** What the tests here share: directories, kinds of servers, and looking for what was left behind. */

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServerKind } from "@engenho/testbed";
import { onTestFinished } from "vitest";

/** An empty directory, removed when the test ends. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "engenho-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Writes a program that says it is a tool of this version; gives its path. */
export function writeTool(directory: string, version: string): string {
  const path = join(directory, "tool");
  writeFileSync(path, `#!/bin/sh\necho tool version ${version}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A kind of server that Go builds in a second, with one file of this source. */
export function toolKind(source: string): ServerKind {
  const directory = makeDirectory();
  writeFileSync(join(directory, "go.mod"), "module engenho.example/tool\n\ngo 1.21\n");
  writeFileSync(join(directory, "go.sum"), "");
  writeFileSync(join(directory, "main.go"), source);
  return {
    name: "tool",
    variable: "ENGENHO_TOOL",
    minimumVersion: "2.1.0",
    versionArguments: ["--version"],
    versionPattern: /^tool version (\S+)$/m,
    go: {
      directory: pathToFileURL(`${directory}/`),
      package: "engenho.example/tool",
      duration: "a second",
    },
    debian: { package: "engenho-no-such-package", program: "usr/bin/tool" },
  };
}

/** Every process whose command line or environment names this. */
export function processesNaming(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => ["cmdline", "environ"].some((file) => read(pid, file).includes(text)));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // Gone meanwhile.
  }
}
