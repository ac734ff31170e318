/**
 * The sockets of a client's channels. A closed channel says goodbye and waits for the member to hang up, and cannot be
 * asked when that was; who closes a handle is to be rid of its sockets then.
 */

/* oxlint-disable eslint/no-underscore-dangle -- grpc-js's name for what makes credentials of one's own */

import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { ChannelCredentials } from "@grpc/grpc-js";

/** Where Node tells of each socket that this process makes. */
const clientSockets = channel("net.client.socket");

/** The credentials of channels, and every socket that is made with them. */
export class Connections {
  readonly credentials: ChannelCredentials;
  readonly #sockets = new Set<Socket>();
  readonly #connecting = new Set<Socket>();
  #isClosed = false;

  /** The credentials are changed: nobody else may use them. */
  constructor(credentials: ChannelCredentials) {
    this.credentials = credentials;
    const create = credentials._createSecureConnector.bind(credentials);
    credentials._createSecureConnector = (target, ...parameters) => {
      const connector = create(target, ...parameters);
      const port = Number(/\d+$/.exec(target.path)?.[0]);
      return {
        connect: (socket) => {
          this.#add(socket);
          return connector.connect(socket);
        },
        waitForReady: async () => {
          await connector.waitForReady();
          this.#expect(port);
        },
        getCallCredentials: () => connector.getCallCredentials(),
        destroy: () => connector.destroy(),
      };
    };
  }

  /** Closes every socket, also one that is connecting, and each that is connected later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#sockets, ...this.#connecting].map(end));
  }

  /**
   * A socket is about to be made, which nobody else shows before it is connected: where no answer comes, it would keep the
   * process from ending for minutes. Another handle's to the same port may be taken for it, and is let go when connected.
   */
  #expect(port: number): void {
    const made = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket };
      socket.once("connectionAttempt", (_, to: number) => {
        // Not within the attempt, which needs the socket.
        if (to === port) queueMicrotask(() => this.#await(socket));
      });
    };
    clientSockets.subscribe(made);
    setImmediate(() => clientSockets.unsubscribe(made));
  }

  #await(socket: Socket): void {
    if (!socket.connecting) return;
    this.#connecting.add(socket);
    for (const event of ["connect", "close"])
      socket.once(event, () => this.#connecting.delete(socket));
    if (this.#isClosed) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#isClosed) socket.destroy();
  }
}

async function end(socket: Socket): Promise<void> {
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // It may break in this very moment, which is of no interest any more.
  socket.on("error", () => {});
  socket.destroy();
  await closed;
}
