/** The sound subjects that mutants are made of: what must pass wherever a mutant fails. */

import { createInMemoryBackend, type Resource, type StoreBackend } from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { Subject } from "../harness/subject.ts";
import { inMemory } from "./bug.ts";
import { diskStore } from "./disk-store.ts";
import { durable, durableMemory } from "./durable-memory.ts";
import { followedMemory } from "./followed-memory.ts";
import { sharedMemory } from "./shared-memory.ts";
import { distorting } from "./watch-bug.ts";

/** Between them, every requirement applies to one but for those about claims that all of these make or deny. */
export const soundSubjects: readonly Subject[] = [
  { name: "in-memory", open: () => createInMemoryBackend() },
  {
    name: "in-memory without resume",
    open: () =>
      createInMemoryBackend({ capabilities: { resume: false, preconditions: ["create"] } }),
  },
  {
    name: "read-your-writes, no preconditions",
    open: () =>
      createInMemoryBackend({ capabilities: { reads: "read-your-writes", preconditions: [] } }),
  },
  {
    name: "in-memory, a few kinds",
    open: () =>
      createInMemoryBackend({
        capabilities: {
          kinds: [
            { kind: "ConfigMap", scope: "namespaced", names: "[a-z0-9-]{1,63}" },
            { kind: "Job", scope: "namespaced", defaultNamespace: "default" },
            { kind: "Node", scope: "cluster", names: "[a-z0-9-]+" },
          ],
        },
      }),
  },
  { ...inMemory(slow)(() => {}), name: "slow" },
  durableMemory(),
  { ...durable(addsALine)(() => {}), name: "durable-memory, semantic" },
  sharedMemory(),
  followedMemory(),
  followedMemory({ hasSync: false }),
  diskStore(),
  diskStore({ isAtomic: true }),
];

/** Gives texts back with a line feed more, and claims no more than that their fields are kept. */
function addsALine(sound: StoreBackend): Partial<StoreBackend> {
  const longer = <Body extends Pick<Resource, "format" | "body">>(read: Body): Body =>
    read.format === "yaml" || read.format === "json"
      ? { ...read, body: Buffer.concat([read.body, Uint8Array.of(0x0a)]) }
      : read;
  const watch = distorting(async function* (events) {
    for await (const event of events)
      yield "resource" in event ? { ...event, resource: longer(event.resource) } : event;
  });
  return {
    capabilities: { ...sound.capabilities, fidelity: "semantic" },
    ...watch(sound, () => {}),
    get: async (...args) => longer(await sound.get(...args)),
    list: async (...args) => {
      const { items, cursor } = await sound.list(...args);
      return { items: items.map(longer), cursor };
    },
  };
}

/** Sound, however long everything takes: a few turns before each call and after it, never the same. */
function slow(sound: StoreBackend): Partial<StoreBackend> {
  let calls = 0;
  const slowly = <A extends unknown[], R>(verb: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const turn = calls++;
      for (let i = 0; i < turn % 3; i++) await nextTurn();
      const result = await verb(...args);
      for (let i = 0; i < (turn >> 1) % 3; i++) await nextTurn();
      return result;
    };
  };
  const apply = slowly((...args: Parameters<StoreBackend["apply"]>) => sound.apply(...args));
  return {
    // What a slow system is given is copied at once.
    apply: (format, body, options) =>
      apply(format, body instanceof Uint8Array ? new Uint8Array(body) : body, options),
    get: slowly((...args: Parameters<StoreBackend["get"]>) => sound.get(...args)),
    list: slowly((...args: Parameters<StoreBackend["list"]>) => sound.list(...args)),
    delete: slowly((...args: Parameters<StoreBackend["delete"]>) => sound.delete(...args)),
    snapshot: slowly((...args: Parameters<StoreBackend["snapshot"]>) => sound.snapshot(...args)),
  };
}
