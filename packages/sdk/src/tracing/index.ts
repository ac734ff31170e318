/** Tracing of every verb through Node's diagnostics channels. Needs Node: the rest of the SDK does not. */

export {
  backendChannels,
  followVerbs,
  followWatches,
  type VerbListeners,
  type WatchChannel,
  watchChannels,
  type WatchListeners,
} from "./channels.ts";
export { traceBackend } from "./trace-backend.ts";
export type {
  TracedError,
  TracedVerb,
  VerbContext,
  WatchEndMessage,
  WatchEventMessage,
} from "./messages.ts";
