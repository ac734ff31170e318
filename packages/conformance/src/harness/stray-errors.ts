/** Catches what no code caught, and hands it to the requirement that it belongs to. */

import { currentScope, type RequirementScope } from "./requirement-scope.ts";

/**
 * Takes an error that no running requirement can be blamed for; the scope, if known, is one that has
 * ended. `passOn` hands it to the listeners that the process had before.
 */
export type StrayErrorHandler = (
  error: unknown,
  scope: RequirementScope | undefined,
  passOn: () => void,
) => void;

type Listener = (...values: unknown[]) => void;

const events = ["unhandledRejection", "uncaughtException"] as const;
const handlers: StrayErrorHandler[] = [];
const displaced = new Map<string, readonly Listener[]>();

/**
 * Stands in for the process's own listeners (a test runner's, say) until the returned function is
 * called. An error goes to the running requirement it belongs to, once and nowhere else; any other
 * goes to the handler.
 *
 * Node emits both events in the asynchronous context of the failed promise or callback (seen on 22.19
 * and 24.21), except on Node 22 for what is thrown in a `queueMicrotask` callback.
 */
export function captureStrayErrors(handler: StrayErrorHandler): () => void {
  if (handlers.length === 0) takeOver();
  handlers.push(handler);
  let released = false;
  return () => {
    if (released) return;
    released = true;
    handlers.splice(handlers.lastIndexOf(handler), 1);
    if (handlers.length === 0) giveBack();
  };
}

function takeOver(): void {
  for (const event of events) {
    displaced.set(event, process.rawListeners(event) as Listener[]);
    process.removeAllListeners(event);
    process.on(event, own[event]);
  }
}

function giveBack(): void {
  for (const event of events) {
    process.off(event, own[event]);
    for (const listener of displaced.get(event) ?? []) process.on(event, listener);
  }
  displaced.clear();
}

const own: Record<(typeof events)[number], Listener> = {
  unhandledRejection: (...values) => receive("unhandledRejection", values),
  uncaughtException: (...values) => receive("uncaughtException", values),
};

function receive(event: string, values: readonly unknown[]): void {
  const scope = currentScope();
  if (scope !== undefined && !scope.ended) {
    scope.strayErrors.push(values[0]);
    return;
  }
  handlers.at(-1)?.(values[0], scope, () => {
    for (const listener of displaced.get(event) ?? []) listener.apply(process, [...values]);
  });
}
