/**
 * One question and its answer. What a `Client` of grpc-js does beside that for each call (the stack of its caller, an emitter
 * of events, interceptors) takes longer than all that we do, and nobody here wants it.
 */

import { type ChannelInterface, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Draft } from "./codec.ts";
import type { Call } from "./messages.ts";

/** What goes with a question. */
export interface CallContext {
  readonly metadata: Metadata;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
}

/** A call under way. */
export interface UnaryCall<Response> {
  /** Rejects with a ServiceError. */
  readonly answer: Promise<Response>;
  /** Ends it, with status `CANCELLED`. */
  cancel(): void;
}

/** @throws Error where the channel is closed, or the request is none. */
export function startCall<Request, Response>(
  channel: ChannelInterface,
  { path, request: type, response }: Call<Request, Response>,
  request: Draft<Request>,
  { metadata, deadline }: CallContext,
): UnaryCall<Response> {
  const message = asBuffer(type.encode(request));
  const call = channel.createCall(path, deadline, null, null, null);
  const answer = new Promise<Response>((resolve, reject) => {
    let found: Response | undefined;
    let failure: Error | undefined;
    call.start(metadata, {
      onReceiveMetadata() {},
      onReceiveMessage(encoded: Buffer) {
        try {
          found = response.decode(encoded);
        } catch (error) {
          failure = error instanceof Error ? error : new Error(String(error));
        }
      },
      onReceiveStatus({ code, details, metadata: trailers }) {
        if (code !== status.OK) reject(serviceError(code, details, trailers));
        else if (found !== undefined) resolve(found);
        else {
          const why = failure?.message ?? "it has none";
          reject(serviceError(status.INTERNAL, `the answer of ${path} cannot be read: ${why}`));
        }
      },
    });
    call.startRead();
    call.sendMessageWithContext({}, message);
    call.halfClose();
  });
  return { answer, cancel: () => call.cancelWithStatus(status.CANCELLED, "Cancelled on client") };
}

/** An error as grpc-js makes them. */
export function serviceError(
  code: status,
  details: string,
  metadata: Metadata = new Metadata(),
): ServiceError {
  const error = new Error(`${code} ${status[code]}: ${details}`);
  return Object.assign(error, { code, details, metadata });
}

/** The same memory. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
