/** Waits for a connection, before a call that must be known not to have been sent without one. */

import { type ChannelInterface, connectivityState, status } from "@grpc/grpc-js";
import { serviceError } from "./unary-call.ts";

const { READY, IDLE, CONNECTING } = connectivityState;

/**
 * Resolves when there is a connection, and where a call would fail at once, which says why.
 *
 * @throws ServiceError `UNAVAILABLE` if there is still neither when the time is up.
 */
export function connected(channel: ChannelInterface, deadline: number): Promise<void> | undefined {
  if (channel.getConnectivityState(false) === READY) return undefined;
  return new Promise((resolve, reject) => {
    const look = (error?: Error): void => {
      if (error !== undefined)
        return reject(serviceError(status.UNAVAILABLE, "No connection established in time"));
      const state = channel.getConnectivityState(true);
      if (state !== IDLE && state !== CONNECTING) return resolve();
      channel.watchConnectivityState(state, deadline, look);
    };
    look();
  });
}
