/** How a handle comes to its endpoints. */

import { createSocket } from "node:dgram";
import { getServers, promises as dns, setServers } from "node:dns";
import { once } from "node:events";
import { inspect } from "node:util";
import { etcd, serverForTests, startEtcd } from "@engenho/testbed";
import { expect, onTestFinished, test, vi } from "vitest";
import { createRaftBackend } from "../src/index.ts";
import { configMap, failureOf, valueOf } from "./support.ts";

const server = await serverForTests(etcd);

test.skipIf(server === undefined)("a proxy of the environment's is not asked", async () => {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ server });
  onTestFinished(() => cluster.close(), 30_000);
  for (const name of ["grpc_proxy", "http_proxy", "https_proxy"])
    vi.stubEnv(name, "http://127.0.0.1:9");
  onTestFinished(() => void vi.unstubAllEnvs());
  const store = await createRaftBackend({ endpoints: cluster.endpoints, prefix: "test" });
  onTestFinished(() => store.close());
  await store.apply("json", configMap("one", "1"));
  expect(await valueOf(store, "one")).toBe("1");
});

test.skipIf(server === undefined)("no TXT record says how members are asked", async () => {
  if (server === undefined) throw new Error("skipped without it");
  const cluster = await startEtcd({ server });
  onTestFinished(() => cluster.close(), 30_000);
  const questions: Buffer[] = [];
  const nameServer = createSocket("udp4");
  nameServer.bind(0, "127.0.0.1");
  await once(nameServer, "listening");
  onTestFinished(() => void nameServer.close());
  const before = getServers();
  setServers([`127.0.0.1:${nameServer.address().port}`]);
  onTestFinished(() => setServers(before));
  const last = Promise.withResolvers<void>();
  nameServer.on("message", (question) => {
    if (question.includes("last")) last.resolve();
    else questions.push(question);
  });
  const endpoints = cluster.endpoints.map((each) => each.replace("127.0.0.1", "localhost"));
  const store = await createRaftBackend({ endpoints, prefix: "test" });
  onTestFinished(() => store.close());
  // Questions come in their order: behind this one there is none from before.
  dns.resolveTxt("last.example").catch(() => {});
  await last.promise;
  expect(questions).toEqual([]);
});

test("a port is taken as it is said, also the protocol's own", async () => {
  const options = { endpoints: ["http://127.0.0.2:80"], prefix: "test", timeoutMs: 500 };
  expect(inspect(await failureOf(createRaftBackend(options)))).toContain("127.0.0.2:80");
});

test("a slash behind an endpoint is none of it", async () => {
  const options = { endpoints: ["http://127.0.0.1:9/"], prefix: "test", timeoutMs: 500 };
  const failure = await failureOf(createRaftBackend(options));
  expect(failure).toMatchObject({ code: "unavailable" });
  expect(failure.message).toContain("at http://127.0.0.1:9: ");
});
