/** Members that go in the middle of an answer, and what is no etcd: the call may have had its effect, and may be made again. */

import { constants, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { EtcdClient } from "../src/etcd/etcd-client.ts";
import { etcdError } from "../src/etcd/etcd-error.ts";
import { rangeCall } from "../src/etcd/messages.ts";
import { WatchFeed } from "../src/watch-feed.ts";
import { layoutOf } from "../src/layout.ts";

const head = { ":status": 200, "content-type": "application/grpc" };

/** What talks gRPC until its answer is due. */
async function clientOf(answer: (stream: ServerHttp2Stream) => void) {
  const server = createServer();
  const asked: ServerHttp2Stream[] = [];
  server.on("stream", (stream) => {
    asked.push(stream);
    stream.on("error", () => {});
    stream.resume();
    answer(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new EtcdClient({ endpoints: [`http://127.0.0.1:${port}`], timeoutMs: 300 });
  onTestFinished(async () => {
    await client.close();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, asked };
}

const ends = {
  "ends without a status": (stream: ServerHttp2Stream) => {
    stream.respond(head);
    stream.end();
  },
  "ends in trailers without a status": (stream: ServerHttp2Stream) => {
    stream.respond(head, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-other": "1" }));
    stream.end();
  },
  "ends in headers without a status": (stream: ServerHttp2Stream) =>
    stream.respond(head, { endStream: true }),
  "fails within": (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  "breaks the protocol": (stream: ServerHttp2Stream) =>
    stream.close(constants.NGHTTP2_PROTOCOL_ERROR),
  "has too much to do": (stream: ServerHttp2Stream) =>
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  "goes with its connection": (stream: ServerHttp2Stream) => stream.session?.destroy(),
};

test.each(Object.entries(ends))("a stream that %s is a lost connection", async (_how, end) => {
  const { client, asked } = await clientOf(end);
  const lost = { code: "unavailable", outcome: "unknown", retryable: true };
  const { pointer: key } = layoutOf("test");
  const told = async (answer: Promise<unknown>): Promise<unknown> =>
    etcdError(await answer.catch((error: unknown) => error));
  expect(await told(client.order(rangeCall, { key }))).toMatchObject(lost);
  // What may have happened is never ordered twice.
  expect(asked).toHaveLength(1);
  expect(await told(client.ask(rangeCall, { key }))).toMatchObject(lost);
  expect(asked.length).toBeGreaterThan(2);
  const range = { key, rangeEnd: key };
  const watch = new WatchFeed(client).follow(range, 1n, AbortSignal.timeout(10_000));
  await expect(watch).rejects.toMatchObject(lost);
});

test("what is no etcd is told as it answers", async () => {
  const { client } = await clientOf((stream) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR));
  const answer = client.order(rangeCall, { key: layoutOf("test").pointer });
  const error = etcdError(await answer.catch((thrown: unknown) => thrown));
  const told = "the call has ended without etcd's answer: Received RST_STREAM with code 1";
  expect(error).toMatchObject({ reason: told });
});
