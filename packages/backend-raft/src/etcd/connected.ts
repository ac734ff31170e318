/** Waits for a connection, before a call that must be known not to have been sent without one. */

import { type Client, connectivityState, Metadata, status } from "@grpc/grpc-js";

const { READY, IDLE, CONNECTING } = connectivityState;

/**
 * Resolves when there is a connection, and where a call would fail at once, which says why.
 *
 * @throws ServiceError `UNAVAILABLE` if there is still neither when the time is up.
 */
export function connected(client: Client, deadline: number): Promise<void> | undefined {
  const channel = client.getChannel();
  if (channel.getConnectivityState(false) === READY) return undefined;
  return new Promise((resolve, reject) => {
    const look = (error?: Error): void => {
      if (error !== undefined) return reject(tooLate());
      const state = channel.getConnectivityState(true);
      if (state !== IDLE && state !== CONNECTING) return resolve();
      channel.watchConnectivityState(state, deadline, look);
    };
    look();
  });
}

function tooLate(): Error {
  const details = "No connection established in time";
  const code = status.UNAVAILABLE;
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}
