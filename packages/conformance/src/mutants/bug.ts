/** Puts a bug in place of some of a sound backend's parts. */

import { createInMemoryBackend, type BackendOptions, type StoreBackend } from "@engenho/sdk";
import type { Subject } from "../harness/subject.ts";
import { bodyLimit } from "./body-limit.ts";
import type { Reached } from "./mutant.ts";

/** The parts of a backend that have the bug. */
export type Bug = (sound: StoreBackend, reached: Reached) => Partial<StoreBackend>;

/** A backend with a bug in place of some of its parts. */
export function withBug(sound: StoreBackend, bug: Bug, reached: Reached): StoreBackend {
  const parts = bug(sound, reached);
  return new Proxy(sound, {
    get(target, key) {
      if (Object.hasOwn(parts, key)) return Reflect.get(parts, key);
      const own: unknown = Reflect.get(target, key);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

/** The in-memory backend with a bug. */
export function inMemory(
  bug: Bug,
  options: Partial<BackendOptions> = {},
): (reached: Reached) => Subject {
  return (reached) => ({
    name: "in-memory",
    open: async () => {
      const capabilities = { ...bodyLimit, ...options.capabilities };
      return withBug(await createInMemoryBackend({ ...options, capabilities }), bug, reached);
    },
  });
}
