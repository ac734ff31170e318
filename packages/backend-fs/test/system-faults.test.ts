/** Every call of a scripted workload fails below Node, one run for each: what the store said of it is true. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { startChild } from "./child-process.ts";
import { logFile, type ScriptStep, snapshotFile } from "./script.ts";
import { makeDirectory, open, podManifest } from "./support.ts";

const isFull = process.env["CI"] !== undefined;
const slow = { timeout: 1_800_000 };

/** Of every call one run where nothing may be skipped, and of every twenty-fifth elsewhere. */
const stride = isFull ? 1 : 25;

const faults = { EIO: "error=EIO", ENOSPC: "error=ENOSPC", SIGKILL: "signal=KILL" } as const;

/** Why strace cannot be used here, in one line; with CI=true that is an error. */
function obstacle(): string | undefined {
  try {
    execFileSync("strace", ["-qq", "-o", "/dev/null", "true"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    const reason = `strace cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    if (isFull) throw new Error(reason, { cause: error });
    return reason;
  }
}

type LogLine =
  | { readonly begun: ScriptStep }
  | { readonly done: ScriptStep }
  | { readonly failed: ScriptStep; readonly code: string; readonly outcome: string };

/** A store after a run: its root, what its process said, and whether the fault happened. */
interface Run {
  readonly root: string;
  readonly log: readonly LogLine[];
  readonly hasHappened: boolean;
}

async function runScript(
  call: string,
  fault: string,
  nth: number,
  snapshot: Uint8Array,
): Promise<Run> {
  const directory = makeDirectory();
  const root = join(directory, "store");
  writeFileSync(snapshotFile(root), snapshot);
  const child = startChild(call === "fdatasync" ? "script-journal" : "script", root);
  expect(await child.nextLine()).toBe("open");
  const trace = join(directory, "trace");
  const inject = `inject=${call}:${fault}:when=${nth}`;
  const options = ["-f", "-e", `trace=${call}`, "-e", inject, "-o", trace, "-p", `${child.pid}`];
  const tracer = spawn("strace", options, { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void tracer.kill("SIGKILL"));
  const ended = once(tracer, "close");
  for await (const line of createInterface({ input: tracer.stderr }))
    if (line.includes("attached")) break;
  tracer.stderr.resume();
  child.say("go");
  await ended; // with the process that it traces
  await child.end("kill -9");
  const log = existsSync(logFile(root)) ? readFileSync(logFile(root), "utf8") : "";
  const hasHappened = /\(INJECTED\)|killed by SIGKILL/.test(readFileSync(trace, "utf8"));
  return {
    root,
    log: log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LogLine),
    hasHappened,
  };
}

/** The states that a log allows: after each step that may have happened, in their order. */
function allowedStates(log: readonly LogLine[]): ReadonlySet<string> {
  let states = new Set(["{}"]);
  const applied = (state: string, { name, text }: ScriptStep): string => {
    if (name === undefined) return JSON.stringify({ a: "restored" });
    const held = { ...(JSON.parse(state) as Record<string, string>) };
    delete held[name];
    return canonical(text === undefined ? held : { ...held, [name]: text });
  };
  const begun = new Map<string, ScriptStep>();
  const maybe = (step: ScriptStep): void => {
    states = new Set([...states, ...[...states].map((state) => applied(state, step))]);
  };
  for (const line of log) {
    if ("begun" in line) begun.set(JSON.stringify(line.begun), line.begun);
    else if ("done" in line) {
      states = new Set([...states].map((state) => applied(state, line.done)));
      begun.delete(JSON.stringify(line.done));
    } else {
      if (line.outcome !== "none") maybe(line.failed);
      begun.delete(JSON.stringify(line.failed));
    }
  }
  for (const step of begun.values()) maybe(step);
  return states;
}

function canonical(held: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

async function stateAfter(root: string): Promise<string> {
  const backend = await open(root);
  const { items } = await backend.list("Pod", undefined, "json");
  const held = items.map(({ ref, body }): [string, string] => {
    const manifest = JSON.parse(new TextDecoder().decode(body)) as { note?: string };
    return [ref.name, manifest.note ?? ""];
  });
  await backend.close();
  return canonical(Object.fromEntries(held));
}

/** Of failed fsyncs and fdatasyncs: what was acknowledged after one. */
function acknowledgedAfterFailure(log: readonly LogLine[]): readonly LogLine[] {
  const failure = log.findIndex((line) => "failed" in line);
  return failure < 0 ? [] : log.slice(failure).filter((line) => "done" in line);
}

// Appends to the journal alone are followed by an fdatasync(2).
describe.each(["fsync", "fdatasync", "rename", "openat", "write"])("%s", slow, (call) => {
  test.for(Object.entries(faults))(
    "%s at any call is told truly",
    slow,
    async ([name, fault], { skip, annotate }) => {
      const reason = obstacle();
      if (reason !== undefined) skip(reason);
      const source = await open(join(makeDirectory(), "source"));
      await source.apply("yaml", podManifest("a", "restored"));
      const snapshot = await source.snapshot();
      let [runs, acknowledged] = [0, 0];
      for (let nth = 1, goesOn = true; goesOn; nth += stride) {
        const { root, log, hasHappened } = await runScript(call, fault, nth, snapshot);
        const about = `${call} ${nth} ${name}: ${JSON.stringify(log)}`;
        expect([...allowedStates(log)], about).toContain(await stateAfter(root));
        expect(call.endsWith("sync") ? acknowledgedAfterFailure(log) : [], about).toEqual([]);
        goesOn = hasHappened;
        runs++;
        acknowledged += log.filter((line) => "done" in line).length;
      }
      expect(runs, "the fault never happened").toBeGreaterThan(1);
      await annotate(`${runs} runs, ${acknowledged} acknowledged writes, each there`);
    },
  );
});
