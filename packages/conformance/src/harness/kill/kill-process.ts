/** Runs a script in a process of its own, which is killed in the middle of it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { CannotRunError } from "../cannot-run-error.ts";
import type { StoreContext } from "../subject.ts";
import type { Script } from "./script.ts";

/** In the package as published, TypeScript has become JavaScript. */
const child = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./child.ts" : "./child.js", import.meta.url),
);

/**
 * Has a process of its own open the store of this context by the module's `reopen`, carry out the script, and end by
 * SIGKILL where the script says. Resolves, when the process is gone, with the number of calls of each client that it
 * saw acknowledged. Throws a CannotRunError if it ends otherwise.
 */
export async function killProcess(
  module: string,
  { directory, seed }: StoreContext,
  script: Script,
): Promise<readonly number[]> {
  // A debugger's port is taken already.
  const options = process.execArgv.filter((option) => !option.startsWith("--inspect"));
  const running = spawn(process.execPath, [...options, child, module, directory, String(seed)], {
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  const [stdin, , stderr, answers] = running.stdio as readonly unknown[] as [
    Writable,
    null,
    Readable,
    Readable,
  ];
  stdin.on("error", () => {}); // it may be gone before it has read everything
  stdin.end(serialize(script));
  const [acknowledged, said, [, signal]] = await Promise.all([
    collect(answers),
    collect(stderr),
    once(running, "close") as Promise<[code: number | null, signal: string | null]>,
  ]);
  if (signal !== "SIGKILL") {
    const line = said.split("\n").find((each) => each.trim() !== "");
    const why = line ?? "the script was over before it was killed";
    throw new CannotRunError(`the process that opens ${module} did not come to its end: ${why}`);
  }
  return script.clients.map((_, client) => countOf(acknowledged, client));
}

async function collect(stream: Readable): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}

/** Each answer is a line with the client's number. */
function countOf(answers: string, client: number): number {
  return answers.split("\n").filter((line) => line === String(client)).length;
}
