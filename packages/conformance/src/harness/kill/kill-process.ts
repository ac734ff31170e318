/** Runs a script in a process of its own, which is killed in the middle of it. */

import { type ChildProcess, spawn } from "node:child_process";
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

/** Killed when this process exits. If that cannot be, since it is killed itself, their standard input tells them. */
const present = new Set<ChildProcess>();

/**
 * Has a process of its own open the store of this context by the module's `reopen`, carry out the script, and end by
 * SIGKILL where the script says, or when the signal is aborted. Resolves, when the process is gone, with the number of
 * calls of each client that it saw acknowledged. Throws a CannotRunError if it ends otherwise.
 */
export async function killProcess(
  module: string,
  { directory, seed }: StoreContext,
  script: Script,
  signal: AbortSignal,
): Promise<readonly number[]> {
  // A debugger's port is taken already.
  const options = process.execArgv.filter((option) => !option.startsWith("--inspect"));
  const running = spawn(process.execPath, [...options, child, module, directory, String(seed)], {
    stdio: ["pipe", "ignore", "pipe", "pipe", "pipe"],
  });
  if (present.size === 0) process.once("exit", killAll);
  present.add(running);
  const kill = (): void => void running.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  try {
    const [stdin, , stderr, answers, orders] = running.stdio as readonly unknown[] as [
      Writable,
      null,
      Readable,
      Readable,
      Writable,
    ];
    for (const pipe of [stdin, orders]) pipe.on("error", () => {}); // it may be gone already
    orders.end(serialize(script));
    const [answered, said, [, by]] = await Promise.all([
      collect(answers),
      collect(stderr),
      once(running, "close") as Promise<[code: number | null, signal: string | null]>,
    ]);
    signal.throwIfAborted();
    if (by !== "SIGKILL") {
      const why = reasonOf(answered, said);
      throw new CannotRunError(`the process that opens ${module} did not come to its end: ${why}`);
    }
    return script.clients.map((_, client) => countOf(answered, client));
  } finally {
    signal.removeEventListener("abort", kill);
    present.delete(running);
    if (present.size === 0) process.off("exit", killAll);
  }
}

function killAll(): void {
  for (const running of present) running.kill("SIGKILL");
}

/** What the process itself gave as its reason; else the last that stands in its standard error, behind any warnings. */
function reasonOf(answered: string, said: string): string {
  const reason = /^error (.+)$/m.exec(answered)?.[1];
  return reason ?? said.trim().split("\n").at(-1) ?? "";
}

async function collect(stream: Readable): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}

/** Each answer is a line with the client's number, but for a reason. */
function countOf(answers: string, client: number): number {
  return answers.split("\n").filter((line) => line === String(client)).length;
}
