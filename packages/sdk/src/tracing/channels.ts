/** The channels by name, and typed ways to listen to them. */

import {
  channel,
  tracingChannel,
  type Channel,
  type TracingChannel,
} from "node:diagnostics_channel";
import type { TracedVerb, VerbContext, WatchEndMessage, WatchEventMessage } from "./messages.ts";

/**
 * A TracingChannel for each verb and for `close`: `backendChannels.apply` is `tracing:engenho.apply:start`,
 * `:end`, `:asyncStart`, `:asyncEnd` and `:error`. Every copy of this package in a process shares them.
 *
 * `start` is published before the backend is called and `end` when it has returned its promise; when that has
 * settled, `error` if it was rejected, then `asyncStart` and `asyncEnd`, before the caller learns of it. The
 * backend runs inside the stores that are bound to `start`.
 *
 * @example
 * backendChannels.apply.asyncEnd.subscribe((message) => console.log((message as VerbContext).operation));
 */
export const backendChannels: Readonly<Record<TracedVerb, TracingChannel<unknown, VerbContext>>> =
  Object.freeze({
    apply: verbChannel("apply"),
    get: verbChannel("get"),
    list: verbChannel("list"),
    delete: verbChannel("delete"),
    watch: verbChannel("watch"),
    snapshot: verbChannel("snapshot"),
    restore: verbChannel("restore"),
    close: verbChannel("close"),
  });

/** A Channel whose messages have a type. */
export interface WatchChannel<Message> extends Pick<Channel, "name" | "hasSubscribers"> {
  /** Tells every subscriber, at once. */
  publish(message: Message): void;
  /** Has a function told of every message from now on. */
  subscribe(onMessage: (message: Message, name: string | symbol) => void): void;
  /** Has it told no more. */
  unsubscribe(onMessage: (message: Message, name: string | symbol) => void): void;
}

/**
 * The life of a watch, after it was opened: `engenho.watch.event` for each event that its reader takes,
 * `engenho.watch.end` once and last. A watch that was opened while nobody listened to these stays untold, and so does an
 * end that comes from beneath (the store has failed, or was closed) if its reader never comes back for it.
 */
export const watchChannels: {
  /** Each event that a reader takes. */
  readonly event: WatchChannel<WatchEventMessage>;
  /** The end of each watch. */
  readonly end: WatchChannel<WatchEndMessage>;
} = Object.freeze({
  event: channel("engenho.watch.event") as WatchChannel<WatchEventMessage>,
  end: channel("engenho.watch.end") as WatchChannel<WatchEndMessage>,
});

/** What to be told of each call of a verb; see {@link backendChannels} for when. */
export interface VerbListeners {
  /** Before the backend is called. */
  readonly start?: (context: VerbContext) => void;
  /** When it has returned its promise. */
  readonly end?: (context: VerbContext) => void;
  /** When that was rejected. */
  readonly error?: (context: VerbContext) => void;
  /** When it has settled. */
  readonly asyncStart?: (context: VerbContext) => void;
  /** Right after `asyncStart`: the last word on the call. */
  readonly asyncEnd?: (context: VerbContext) => void;
}

/**
 * Listens to every verb of every traced backend, until the returned function is called.
 *
 * @example
 * const stop = followVerbs({ asyncEnd: ({ verb, error }) => count(verb, error?.code ?? "ok") });
 */
export function followVerbs(listeners: VerbListeners): () => void {
  const stops = Object.values(backendChannels).flatMap((verb) =>
    (["start", "end", "error", "asyncStart", "asyncEnd"] as const).map((event) => {
      const listener = listeners[event];
      if (listener === undefined) return () => {};
      const onMessage = (message: unknown): void => listener(message as VerbContext);
      verb[event].subscribe(onMessage);
      return () => verb[event].unsubscribe(onMessage);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

/** What to be told of watches; see {@link watchChannels}. */
export interface WatchListeners {
  /** Of each event that a reader takes. */
  readonly event?: (message: WatchEventMessage) => void;
  /** Of the end of each. */
  readonly end?: (message: WatchEndMessage) => void;
}

/** Listens to the watches that are opened from now on, until the returned function is called. */
export function followWatches({ event, end }: WatchListeners): () => void {
  const stops = [listenTo(watchChannels.event, event), listenTo(watchChannels.end, end)];
  return () => {
    for (const stop of stops) stop();
  };
}

function listenTo<Message>(
  watchChannel: WatchChannel<Message>,
  listener: ((message: Message) => void) | undefined,
): () => void {
  if (listener === undefined) return () => {};
  const onMessage = (message: Message): void => listener(message);
  watchChannel.subscribe(onMessage);
  return () => watchChannel.unsubscribe(onMessage);
}

function verbChannel(verb: TracedVerb): TracingChannel<unknown, VerbContext> {
  return tracingChannel<unknown, VerbContext>(`engenho.${verb}`);
}
