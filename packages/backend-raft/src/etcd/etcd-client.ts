/** Talks to a cluster: to one member at a time, and to the next one when that fails. */

import { X509Certificate } from "node:crypto";
import {
  type ChannelCredentials,
  type ChannelInterface,
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  status,
} from "@grpc/grpc-js";
import { connected } from "./connected.ts";
import { Connections } from "./connections.ts";
import type { Draft } from "./codec.ts";
import { isServiceError, isStaleToken, isUnreached, isVague, meaningOf } from "./etcd-error.ts";
import {
  authenticateCall,
  type Call,
  memberListCall,
  watchCall,
  type WatchRequest,
  type WatchResponse,
} from "./messages.ts";
import {
  asBuffer,
  type CallContext,
  serviceError,
  startCall,
  type UnaryCall,
} from "./unary-call.ts";

/** How to reach a cluster. */
export interface EtcdClientOptions {
  /** `http://host:port` or `https://host:port` of each member. */
  readonly endpoints: readonly string[];
  /** For `https` endpoints, in PEM. Default: the certificate authorities of Node. */
  readonly tls?: {
    /** Who vouches for the members. */
    readonly ca?: string | Uint8Array;
    /** Who we are, if the members ask. */
    readonly cert?: string | Uint8Array;
    readonly key?: string | Uint8Array;
  };
  /** A user of etcd's. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** How long one verb waits for the cluster, in milliseconds. */
  readonly timeoutMs: number;
}

/** A member that does not answer a question for this long is left for another. */
const ATTEMPT_MS = 1_500;
/** Between two attempts. */
const PAUSE_MS = 50;
/** How much of a verb's time is for the question what became of a write that nobody answered. */
export const questionShare: number = 1 / 3;

/** How much of the time that an order has left is for getting a token for it. */
const tokenShare = 1 / 2;

const channelOptions = {
  "grpc.max_receive_message_length": -1,
  // Proxies of the environment's variables are for the web: a member may be on the loopback address.
  "grpc.enable_http_proxy": 0,
  // Nor may a TXT record of the host's decide how members are asked, and be waited for.
  "grpc.service_config_disable_resolution": 1,
  // Sockets of our own, which end with this client.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.initial_reconnect_backoff_ms": 50,
  "grpc.max_reconnect_backoff_ms": 1_000,
  // Not more often than etcd allows (its `--grpc-keepalive-min-time` is 5 s).
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 3_000,
};

/** The calls of one handle. Errors are those of grpc-js: only the caller knows what a failed call means for it. */
export class EtcdClient {
  readonly #options: EtcdClientOptions;
  /** By endpoint. */
  readonly #clients = new Map<string, Client>();
  /** What stands before every call. */
  readonly #plain = withLeader();
  readonly #insecure = new Connections(credentials.createInsecure());
  readonly #secure: Connections;
  #endpoint = "";
  /** The same with a token, where etcd asks for one. */
  #withToken: Promise<Metadata> | undefined;
  #isClosed = false;
  /** Those under way. */
  readonly #calls = new Set<UnaryCall<unknown>>();

  constructor(options: EtcdClientOptions) {
    this.#options = options;
    this.#secure = new Connections(tlsCredentials(options.tls));
    this.reach(options.endpoints);
  }

  /** The endpoint that is asked now. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** All that are asked in turn. */
  get endpoints(): readonly string[] {
    return [...this.#clients.keys()];
  }

  /** Asks these from now on. The one that is asked now still is, if it is among them. */
  reach(endpoints: readonly string[]): void {
    if (this.#isClosed) return;
    for (const [endpoint, client] of this.#clients) {
      if (endpoints.includes(endpoint)) continue;
      client.close();
      this.#clients.delete(endpoint);
    }
    for (const endpoint of endpoints) {
      if (!this.#clients.has(endpoint)) this.#clients.set(endpoint, this.#connect(endpoint));
    }
    if (!this.#clients.has(this.#endpoint)) this.#endpoint = endpoints[0] ?? "";
  }

  /**
   * Asks a question, or orders what may happen twice: of one member after another until one answers or the time is up.
   * Rejects with why a member refused rather than with the end of the time, which may have come upon any attempt.
   *
   * @param share How much of a verb's time this call may take, from 0 to 1.
   */
  async ask<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    share = 1,
  ): Promise<Response> {
    let refusal: unknown;
    const mayTryAgain = (error: unknown): boolean => {
      // What somebody must mend is said, whatever else was wrong.
      if (isRefusal(error) && !isOfOneMember(refusal)) refusal = error;
      return isPassing(error);
    };
    try {
      return await this.#until(share, mayTryAgain, (deadline) =>
        this.#once(call, request, Math.min(deadline, Date.now() + ATTEMPT_MS)),
      );
    } catch (error) {
      throw isPassing(error) ? (refusal ?? error) : error;
    }
  }

  /**
   * Orders what must not happen twice: another member is asked only where nothing can have happened, be it that no
   * connection comes about. Leaves some of the verb's time for the question what became of it.
   */
  order<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
  ): Promise<Response> {
    const mayTryAgain = (error: unknown): boolean => isPassing(error) && isRefusal(error);
    return this.#until(1 - questionShare, mayTryAgain, (deadline) =>
      this.#once(call, request, deadline, { isOrder: true }),
    );
  }

  /** A stream of watches on one member. */
  async watch(): Promise<ClientDuplexStream<Draft<WatchRequest>, WatchResponse>> {
    const { path, request, response } = watchCall;
    const metadata = await this.#metadata(Date.now() + this.#options.timeoutMs);
    return this.#client(this.#endpoint).makeBidiStreamRequest(
      path,
      (value: Draft<WatchRequest>) => asBuffer(request.encode(value)),
      (encoded: Buffer) => response.decode(encoded),
      metadata,
    );
  }

  /** Asks another member from now on; `endpoint` is the one that failed. */
  leave(endpoint: string): void {
    if (endpoint !== this.#endpoint) return; // Somebody else has left it already.
    const { endpoints } = this;
    this.#endpoint = endpoints[(endpoints.indexOf(endpoint) + 1) % endpoints.length] ?? "";
  }

  /** Asks this member again from now on, which was left, if it answers as one of a quorum; else changes nothing. */
  async comeBackTo(endpoint: string): Promise<void> {
    if (endpoint === this.#endpoint) return;
    const deadline = Date.now() + Math.min(ATTEMPT_MS, this.#options.timeoutMs);
    const metadata = await this.#metadata(deadline);
    await this.#send(endpoint, memberListCall, { linearizable: true }, { metadata, deadline });
    if (this.#clients.has(endpoint)) this.#endpoint = endpoint;
  }

  /** Asks for another one before the next call. */
  forgetToken(): void {
    this.#withToken = undefined;
  }

  /** Ends every call that is under way, and resolves when every connection is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.cancel();
    for (const client of this.#clients.values()) client.close();
    await Promise.all([this.#insecure.close(), this.#secure.close()]);
  }

  async #until<Response>(
    share: number,
    mayTryAgain: (error: unknown) => boolean,
    attempt: (deadline: number) => Promise<Response>,
  ): Promise<Response> {
    const deadline = Date.now() + share * this.#options.timeoutMs;
    /** What was found out of each member last, the latest at the end. */
    const found = new Map<string, unknown>();
    for (;;) {
      const { endpoint } = this;
      const isCutShort = deadline < Date.now() + ATTEMPT_MS;
      try {
        return await attempt(deadline);
      } catch (caught) {
        // The end of the time may come upon an attempt that has just begun, and tells nothing then.
        if (!isVague(caught) || !isCutShort) {
          found.delete(endpoint);
          found.set(endpoint, caught);
        }
        // What a member said tells more than that another is not there.
        const all = [...found.values()];
        const telling = all.findLast(isAnswer) ?? all.findLast((each) => !isVague(each));
        const error = isUnreached(caught) ? (telling ?? caught) : caught;
        if (!mayTryAgain(error) || Date.now() + PAUSE_MS >= deadline || this.#isClosed) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #once<Request, Response>(
    call: Call<Request, Response>,
    request: Draft<Request>,
    deadline: number,
    { isOrder = false }: { readonly isOrder?: boolean } = {},
  ): Promise<Response> {
    const { endpoint } = this;
    try {
      // Where an order has no token, another member must be left some time.
      const share = isOrder ? tokenShare : 1;
      const metadata = await this.#metadata(Date.now() + share * (deadline - Date.now()));
      if (isOrder)
        await connected(this.#channel(endpoint), Math.min(deadline, Date.now() + ATTEMPT_MS));
      return await this.#send(endpoint, call, request, { metadata, deadline });
    } catch (error) {
      if (isServiceError(error) && isStaleToken(error.details)) this.forgetToken();
      else if (isPassing(error)) this.leave(endpoint);
      if (isServiceError(error)) Object.assign(error, { endpoints: this.endpoints });
      throw error;
    }
  }

  async #send<Request, Response>(
    endpoint: string,
    call: Call<Request, Response>,
    request: Draft<Request>,
    context: CallContext,
  ): Promise<Response> {
    const sent = startCall(this.#channel(endpoint), call, request, context);
    this.#calls.add(sent);
    try {
      return await sent.answer;
    } finally {
      this.#calls.delete(sent);
    }
  }

  async #metadata(deadline: number): Promise<Metadata> {
    const { auth } = this.#options;
    if (auth === undefined) return this.#plain;
    this.#withToken ??= this.#authenticate(auth, deadline);
    const withToken = this.#withToken;
    try {
      return await withToken;
    } catch (error) {
      if (this.#withToken === withToken) this.#withToken = undefined;
      throw error;
    }
  }

  async #authenticate(
    { username, password }: NonNullable<EtcdClientOptions["auth"]>,
    deadline: number,
  ): Promise<Metadata> {
    const request = { name: username, password };
    const soon = Math.min(deadline, Date.now() + ATTEMPT_MS);
    const context = { metadata: new Metadata(), deadline: soon };
    try {
      const answer = await this.#send(this.#endpoint, authenticateCall, request, context);
      const metadata = withLeader();
      metadata.set("token", answer.token);
      return metadata;
    } catch (error) {
      if (!isServiceError(error) || isRefusal(error)) throw error;
      // Whatever became of this, what needs the token was not sent.
      throw serviceError(status.UNAVAILABLE, `No token: ${error.details}`);
    }
  }

  #connect(endpoint: string): Client {
    const { protocol, hostname, port } = new URL(endpoint);
    const isSecure = protocol === "https:";
    const { credentials: own } = isSecure ? this.#secure : this.#insecure;
    // Always with a port: grpc-js takes 443 for none, and a URL has none where it is its protocol's own.
    const target = `${hostname}:${port === "" ? (isSecure ? 443 : 80) : port}`;
    return new Client(target, own, channelOptions);
  }

  #channel(endpoint: string): ChannelInterface {
    return this.#client(endpoint).getChannel();
  }

  /** Throws a ServiceError for one that was left out since the call has begun, which the next one answers then. */
  #client(endpoint: string): Client {
    const client = this.#clients.get(endpoint);
    if (client !== undefined) return client;
    throw serviceError(status.UNAVAILABLE, "No connection established: it is no member any more");
  }
}

/** A member that has lost its leader refuses, rather than to answer from what it has. */
function withLeader(): Metadata {
  const metadata = new Metadata();
  metadata.set("hasleader", "true");
  return metadata;
}

/** @throws TypeError for what is no certificate, and a key of another one. */
export function tlsCredentials(tls: EtcdClientOptions["tls"] = {}): ChannelCredentials {
  try {
    const [ca = null, key = null, cert = null] = [tls.ca, tls.key, tls.cert].map((pem) =>
      pem === undefined ? null : Buffer.from(pem),
    );
    if (ca !== null) parseAuthority(ca);
    return credentials.createSsl(ca, key, cert);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`tls must be certificates and their key in PEM: ${why}`, { cause: error });
  }
}

/** Node takes what is no certificate for an authority that vouches for nobody. */
function parseAuthority(ca: Buffer): X509Certificate {
  if (!ca.includes("-----BEGIN ")) throw new Error("there is no certificate in ca");
  return new X509Certificate(ca);
}

/** Whether another member, or the same one later, may do better. */
function isPassing(error: unknown): boolean {
  return (isServiceError(error) && meaningOf(error).retryable === true) || isOfOneMember(error);
}

function isOfOneMember(error: unknown): boolean {
  return isServiceError(error) && meaningOf(error).isOfOneMember === true;
}

/** Whether a member has said it. */
function isAnswer(error: unknown): boolean {
  return isServiceError(error) && !isUnreached(error);
}

function isRefusal(error: unknown): boolean {
  return isServiceError(error) && meaningOf(error).isRefusal;
}
