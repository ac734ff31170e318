/** Runs the Rust programs, with cargo's own output shown. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;

/**
 * Builds and runs one of the programs beside this file.
 *
 * @throws Error if there is no cargo, or the program fails.
 */
function runCargo(program: string, passedArguments: readonly string[]): void {
  const manifest = join(here, program, "Cargo.toml");
  const command = ["run", "--quiet", "--manifest-path", manifest, "--", ...passedArguments];
  const { error, status } = spawnSync("cargo", command, { stdio: "inherit" });
  if (error !== undefined) {
    throw new Error(`cargo cannot be run (${error.message}); see README.md`, { cause: error });
  }
  if (status !== 0) throw new Error(`cargo run of ${program} ended with ${status ?? "a signal"}`);
}

/** Gives a program some JSON and reads the JSON that it makes of it. */
export function askCargo(program: string, question: unknown): unknown {
  const directory = mkdtempSync(join(tmpdir(), "engenho-rust-"));
  try {
    const [input, output] = [join(directory, "in.json"), join(directory, "out.json")];
    writeFileSync(input, JSON.stringify(question));
    runCargo(program, [input, output]);
    return JSON.parse(readFileSync(output, "utf8"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The exact version of a library that a program is built with. */
export function pinnedVersion(program: string, library: string): string {
  const manifest = readFileSync(join(here, program, "Cargo.toml"), "utf8");
  const pin = new RegExp(`^${library} = .*"=([^"]+)"`, "m").exec(manifest);
  if (pin?.[1] === undefined) throw new Error(`${program} pins no version of ${library}`);
  return pin[1];
}
