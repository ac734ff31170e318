/** Watches what a requirement leaves behind: timers, sockets, servers, watchers, children, workers. */

import { createHook } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { currentScope, type RequirementScope } from "./requirement-scope.ts";

/** Something that lives until it is closed. */
export interface LiveHandle {
  /** For messages: `a timer`. */
  readonly what: string;
  /** Remembers where it was made; formatted only if it leaks. */
  readonly origin: { readonly stack?: string };
  /** Asked where no destruction is announced in time. */
  readonly isAlive?: () => boolean;
}

/** Types of asynchronous resources that Node destroys the moment they are closed. */
const handleTypes: ReadonlyMap<string, string> = new Map([
  ["Timeout", "a timer"],
  ["TCPWRAP", "a TCP socket"],
  ["TCPSERVERWRAP", "a TCP server"],
  ["PIPEWRAP", "a pipe"],
  ["PIPESERVERWRAP", "a pipe server"],
  ["UDPWRAP", "a UDP socket"],
  ["PROCESSWRAP", "a child process"],
  ["FSEVENTWRAP", "a file watcher"],
  ["STATWATCHER", "a file watcher"],
  ["SIGNALWRAP", "a signal listener"],
]);

const owners = new Map<number, RequirementScope>();

const hook = createHook({
  // Node 24 can leave promises out, which costs nothing then; Node 22 does not know the option.
  trackPromises: false,
  init(asyncId, type) {
    const what = handleTypes.get(type);
    const scope = what === undefined ? undefined : currentScope();
    if (what === undefined || scope === undefined || scope.ended) return;
    scope.handles.set(asyncId, { what, origin: captureOrigin() });
    owners.set(asyncId, scope);
  },
  destroy(asyncId) {
    owners.get(asyncId)?.handles.delete(asyncId);
    owners.delete(asyncId);
  },
});

// A worker's asynchronous resource lives until it is collected, so its own state is asked instead.
function onWorker(message: unknown): void {
  const scope = currentScope();
  if (scope === undefined || scope.ended) return;
  const { worker } = message as { worker: Worker };
  scope.handles.set(worker, {
    what: "a worker thread",
    origin: captureOrigin(),
    isAlive: () => worker.threadId !== -1,
  });
}

let users = 0;

/** Begins to note the handles of every scope, until the returned function is called. */
export function trackHandles(): () => void {
  if (users++ === 0) {
    // Made at first use, and then for good: they must not be taken for a requirement's.
    void [process.stdout, process.stderr];
    hook.enable();
    subscribe("worker_threads", onWorker);
  }
  let released = false;
  return () => {
    if (released) return;
    released = true;
    if (--users > 0) return;
    hook.disable();
    unsubscribe("worker_threads", onWorker);
    owners.clear();
  };
}

/** One line for each handle of a scope that is still alive: `a timer made at src/driver.ts:12:5`. */
export function leakedHandles(scope: RequirementScope): string[] {
  const lines: string[] = [];
  for (const handle of scope.handles.values()) {
    if (handle.isAlive?.() === false) continue;
    const frames = stackFrames(handle.origin.stack ?? "");
    if (handle.what === "a timer" ? isRuntimeTimer(frames) : isRuntimePool(frames)) continue;
    const place = frames.find((frame) => !isInternal(frame));
    lines.push(place === undefined ? handle.what : `${handle.what} made at ${displayPlace(place)}`);
  }
  return lines;
}

/** Stops following a scope whose result stands. */
export function forgetHandles(scope: RequirementScope): void {
  for (const id of scope.handles.keys()) if (typeof id === "number") owners.delete(id);
  scope.handles.clear();
}

function captureOrigin(): { readonly stack?: string } {
  const origin: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 32;
  Error.captureStackTrace(origin, captureOrigin);
  Error.stackTraceLimit = limit;
  return origin;
}

/** The places in a stack, innermost first: `file:///…/driver.ts:12:5`, `node:net:1105:8`. */
function stackFrames(stack: string): string[] {
  return stack.split("\n").flatMap((line) => {
    const place = /((?:file:|node:|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    return place === undefined || place.replace(/:\d+:\d+$/, "").endsWith(ownFile) ? [] : [place];
  });
}

const ownFile = import.meta.url.slice(import.meta.url.lastIndexOf("/") + 1);

function isInternal(place: string): boolean {
  return place.startsWith("node:");
}

/** A timer that Node made for itself (a socket's timeout, AbortSignal.timeout), or fast-check did: nobody can clear it. */
function isRuntimeTimer(frames: readonly string[]): boolean {
  const caller = frames.find((place) => !/^node:(?:internal\/)?(?:timers|async_hooks)/.test(place));
  return (
    caller !== undefined && (isInternal(caller) || caller.includes("/node_modules/fast-check/"))
  );
}

/** A socket of the global `fetch`: Node pools it and gives no way to close it. */
function isRuntimePool(frames: readonly string[]): boolean {
  return frames.some((place) => place.startsWith("node:internal/deps/undici"));
}

function displayPlace(place: string): string {
  const position = /:\d+:\d+$/.exec(place)?.[0] ?? "";
  const file = place.slice(0, place.length - position.length);
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  const shown = relative(process.cwd(), path);
  return `${shown.startsWith("..") ? path : shown}${position}`;
}
