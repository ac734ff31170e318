/** Tells which requirement a callback, a rejection or a handle belongs to while several run at once. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { LiveHandle } from "./handle-tracker.ts";

/** One running requirement (or the first look at a subject), as its asynchronous descendants see it. */
export interface RequirementScope {
  readonly id: string;
  /** What its check may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What nobody caught: unhandled rejections and uncaught exceptions. */
  readonly strayErrors: unknown[];
  /** What was made in this scope and is still alive, by asynchronous id. */
  readonly handles: Map<number | object, LiveHandle>;
  /** Whether the result stands; what comes later can no longer change it. */
  ended: boolean;
}

const storage = new AsyncLocalStorage<RequirementScope | undefined>();

/** A scope in which nothing has happened yet. */
export function createScope(id: string, timeoutMs: number): RequirementScope {
  return { id, timeoutMs, strayErrors: [], handles: new Map(), ended: false };
}

/** Runs a function so that everything it starts belongs to the scope. */
export function runInScope<T>(scope: RequirementScope, work: () => T): T {
  return storage.run(scope, work);
}

/** Runs a function so that what it starts belongs to nobody: the engine's own timers. */
export function runOutsideScopes<T>(work: () => T): T {
  return storage.run(undefined, work);
}

/** The scope that the present code belongs to, if any. */
export function currentScope(): RequirementScope | undefined {
  return storage.getStore();
}
