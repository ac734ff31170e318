/**
 * The sockets of a client's channels. A closed channel says goodbye and waits for the member to hang up, and cannot be
 * asked when that was; who closes a handle is to be rid of its sockets then.
 */

/* oxlint-disable eslint/no-underscore-dangle -- grpc-js's name for what makes credentials of one's own */

import { once } from "node:events";
import type { Socket } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

/** The credentials of channels, and every socket that is made with them. */
export class Connections {
  readonly credentials: ChannelCredentials;
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  /** The credentials are changed: nobody else may use them. */
  constructor(credentials: ChannelCredentials) {
    this.credentials = credentials;
    const create = credentials._createSecureConnector.bind(credentials);
    credentials._createSecureConnector = (...parameters) => {
      const connector = create(...parameters);
      return {
        connect: (socket) => {
          this.#add(socket);
          return connector.connect(socket);
        },
        waitForReady: () => connector.waitForReady(),
        getCallCredentials: () => connector.getCallCredentials(),
        destroy: () => connector.destroy(),
      };
    };
  }

  /** Closes every socket, and each that is connected later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#sockets].map(end));
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#isClosed) socket.destroy();
  }
}

async function end(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.destroy();
  await closed;
}
