/** Calls to a server that answers as no etcd does. */

import {
  credentials,
  Client,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { rangeCall } from "../src/etcd/messages.ts";
import { startCall } from "../src/etcd/unary-call.ts";

const broken = Buffer.from([0x0a, 0xff]);

/** A call to a server whose answer is this; never, without one. */
async function ask(answer?: Buffer) {
  const definition = {
    Range: {
      path: rangeCall.path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  } satisfies ServiceDefinition;
  const server = new Server();
  const asked = Promise.withResolvers<void>();
  server.addService(definition, {
    Range: (_: unknown, done: (error: null, answer: Buffer) => void) => {
      asked.resolve();
      if (answer !== undefined) done(null, answer);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const context = { metadata: new Metadata(), deadline: Date.now() + 30_000 };
  const call = startCall(client.getChannel(), rangeCall, { key: Buffer.from("key") }, context);
  call.answer.catch(() => {});
  return { call, asked: asked.promise };
}

test("an answer that cannot be read is an error of the call", async () => {
  const { call } = await ask(broken);
  await expect(call.answer).rejects.toMatchObject({ code: status.INTERNAL });
});

test("a call that is cancelled rejects, and says by whom", async () => {
  const { call, asked } = await ask();
  await asked;
  call.cancel();
  const details = "Cancelled on client";
  await expect(call.answer).rejects.toMatchObject({ code: status.CANCELLED, details });
});
