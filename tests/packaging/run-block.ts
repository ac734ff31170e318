/** Runs one block of a README the way its reader would. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, runCommand } from "../run-command.ts";
import type { CodeBlock } from "./code-blocks.ts";
import { oldestNode } from "./oldest-node.ts";

const modules = join(import.meta.dirname, "../../node_modules");

/** Where a README's blocks run, and how. */
export interface Reader {
  /** A directory that the blocks of this README share. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What the reader types instead of what stands there, where that cannot be had here. */
  readonly rewrite: (code: string) => string;
}

/** The name that a block is saved under: the one that its first line says (`// my-backend.ts`), or its own. */
function fileName({ code, line }: CodeBlock): string {
  return /^\/\/ ([\w.-]+\.ts)\n/.exec(code)?.[1] ?? `readme-${line}.ts`;
}

/**
 * `sh` goes to bash; `ts` is checked as a strict user would, and then run: by the conformance command if it
 * exports a subject, by vitest if it declares tests, else by Node, the oldest that there may be.
 */
export async function runBlock(block: CodeBlock, reader: Reader): Promise<CommandResult> {
  const code = reader.rewrite(block.code);
  const { directory, environment } = reader;
  if (block.language === "sh") return runCommand("bash", ["-euc", code], directory, environment);

  const name = fileName(block);
  await writeFile(join(directory, name), code);
  const checked = await checkTypes(name, directory);
  if (checked.code !== 0) return checked;
  if (/from "(vitest|@engenho\/conformance\/vitest)"/.test(code)) {
    return runCommand(join(modules, ".bin/vitest"), ["run", name, "--root", directory], directory);
  }
  const command = /^export default /m.test(code)
    ? ["node_modules/.bin/conformance", `./${name}`]
    : [name];
  return runCommand(oldestNode, command, directory, environment);
}

function checkTypes(name: string, directory: string): Promise<CommandResult> {
  const language = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--target",
    "es2024",
    "--lib",
    "esnext",
  ];
  const imports = ["--module", "nodenext", "--allowImportingTsExtensions", "--skipLibCheck"];
  const types = ["--types", "node", "--typeRoots", join(modules, "@types")];
  return runCommand("tsc", [...language, ...imports, ...types, name], directory);
}

/** What a block says that it writes: the comment behind each `console.log` that is not inside anything. */
export function shownOutput({ code }: CodeBlock): readonly string[] {
  return [...code.matchAll(/^console\.log\(.*\/\/ (.*)$/gm)].map(([, output]) => output ?? "");
}
