/** A subject whose backends follow a system in memory that others write to as well. */

import {
  BackendError,
  type Capabilities,
  createBackend,
  decodeEnvelope,
  type Driver,
  type Expected,
  type FeedEvent,
  referenceKey,
  type ResourceRef,
} from "@engenho/sdk";
import { nextTurn } from "../harness/next-turn.ts";
import type { OutsideWriter, Subject } from "../harness/subject.ts";
import { bodyLimit } from "./body-limit.ts";
import { type Bug, withBug } from "./bug.ts";
import { FollowedSystem } from "./followed-system.ts";
import type { Reached } from "./mutant.ts";

type FollowedDriver = Driver & Required<Pick<Driver, "changes" | "sync">>;

/** A bug in what a driver does, or in what others do to the system. */
export type FollowedBug = (
  system: FollowedSystem,
  sound: FollowedDriver,
  reached: Reached,
) => { readonly driver?: Partial<Driver>; readonly outside?: Partial<OutsideWriter> };

/** The followed subject with a bug in every handle, in the driver below it, or in both. */
export function followed(bug?: Bug, driverBug?: FollowedBug): (reached: Reached) => Subject {
  return (reached) => followedMemory({ bug, driverBug, reached });
}

/** What differs from a sound one; and whether its driver can tell how far a read must see. */
interface FollowedParts {
  readonly bug?: Bug | undefined;
  readonly driverBug?: FollowedBug | undefined;
  readonly reached?: Reached;
  readonly hasSync?: boolean;
  /** Claims beside `sharing`. */
  readonly claims?: Partial<Capabilities>;
}

/** A shared store whose handles hear of every change a moment later; its state goes with its last handle. */
export function followedMemory({
  bug = () => ({}),
  driverBug = () => ({}),
  reached = () => {},
  hasSync = true,
  claims = {},
}: FollowedParts = {}): Subject {
  const name = hasSync ? "followed-memory" : "followed-memory without sync";
  const systems = new Map<string, FollowedSystem>();
  let opened = 0;
  const systemAt = (directory: string): FollowedSystem => {
    const system = systems.get(directory) ?? new FollowedSystem(`f${opened++}`);
    systems.set(directory, system);
    return system;
  };
  const open: Subject["open"] = async ({ directory }) => {
    const system = systemAt(directory);
    const close = async (): Promise<void> => {
      if (--system.handles === 0) systems.delete(directory);
    };
    system.handles++;
    const sound = { ...soundDriver(system), close };
    const { sync, ...driver } = { ...sound, ...driverBug(system, sound, reached).driver };
    const capabilities = { ...bodyLimit, ...claims, sharing: "shared" } as const;
    const options = { name, capabilities };
    const backend = await createBackend(hasSync ? { ...driver, sync } : driver, options);
    return withBug(backend, bug, reached);
  };
  const outside: NonNullable<Subject["outside"]> = async ({ directory }) => {
    const system = systemAt(directory);
    const writer = outsideWriter(system);
    return { ...writer, ...driverBug(system, soundDriver(system), reached).outside };
  };
  return { name, open, reopen: open, outside };
}

function outsideWriter(system: FollowedSystem): OutsideWriter {
  return {
    put: async (envelope) => {
      system.put(decodeEnvelope(envelope).ref, envelope, system.nextRevision("theirs"));
    },
    remove: async (ref) => void system.remove(ref),
  };
}

function soundDriver(system: FollowedSystem): FollowedDriver {
  const check = (ref: ResourceRef, expected: Expected): void => {
    const present = system.state.get(referenceKey(ref))?.revision ?? "absent";
    if (expected !== undefined && expected !== present)
      throw new BackendError("conflict", "something else is there");
  };
  return {
    load: async () => ({ entries: [...system.state.values()], position: system.position }),
    put: async ({ ref, envelope }, expected) => {
      await nextTurn();
      check(ref, expected);
      return system.put(ref, envelope);
    },
    remove: async (ref, expected) => {
      await nextTurn();
      check(ref, expected);
      return system.remove(ref);
    },
    replaceAll: async (entries) => {
      await nextTurn();
      return system.replaceAll(entries);
    },
    changes: async (from, signal) => follow(system, Number(from), signal),
    sync: async () => {
      await nextTurn();
      return system.position;
    },
    close: async () => {},
  };
}

/** Each event comes a turn late, as over a network. */
async function* follow(
  system: FollowedSystem,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  for (let count = from; ; count++) {
    await system.beyond(count, signal);
    await nextTurn();
    const event = system.log[count];
    if (signal.aborted || event === undefined) return;
    yield event;
  }
}
