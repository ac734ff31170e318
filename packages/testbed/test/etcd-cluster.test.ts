/** A real cluster does what its handle says. */

import {
  etcd,
  type FoundServer,
  networkProblem,
  serverForTests,
  startEtcd,
} from "@engenho/testbed";
import { assert, describe, expect, test } from "vitest";
import { until } from "../src/run/until.ts";

const server = await serverForTests(etcd);
const noNetwork = await networkProblem();
if (noNetwork !== undefined && process.env["CI"] === "true") throw new Error(noNetwork);

/** One call to etcd's JSON gateway; undefined if it does not answer well within 3 s. */
async function call(endpoint: string, verb: string, body: object): Promise<unknown> {
  const init = { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(3_000) };
  const response = await fetch(`${endpoint}/v3/kv/${verb}`, init).catch(() => undefined);
  return response?.ok === true ? response.json() : undefined;
}

const put = (endpoint: string, value: string) =>
  call(endpoint, "put", { key: btoa("key"), value: btoa(value) });

async function get(endpoint: string): Promise<string | undefined> {
  const answer = (await call(endpoint, "range", { key: btoa("key") })) as
    | { readonly kvs: readonly { readonly value: string }[] }
    | undefined;
  return answer === undefined ? undefined : atob(answer.kvs[0]?.value ?? "");
}

describe.skipIf(server === undefined)("etcd", () => {
  const found = (): FoundServer => {
    assert(server !== undefined, "skipped without it");
    return server;
  };

  test("one member keeps its data over kill -9 and takes the flags it is given", async () => {
    await using cluster = await startEtcd({ server: found(), flags: ["--max-txn-ops", "7"] });
    const [member = expect.unreachable()] = cluster.members;
    await put(member.endpoint, "kept");
    await member.kill();
    expect(member.running).toBe(false);
    expect(await get(member.endpoint)).toBeUndefined();
    await member.start();
    await cluster.healthy();
    expect(await get(member.endpoint)).toBe("kept");
    const operation = { requestPut: { key: btoa("other"), value: "" } };
    expect(
      await call(member.endpoint, "txn", { success: Array.from({ length: 8 }, () => operation) }),
    ).toBeUndefined();
  });

  test("three members choose another leader when theirs is killed, and when it stalls", async () => {
    await using cluster = await startEtcd({ server: found(), size: 3 });
    const first = await cluster.leader();
    await first.kill();
    expect(await first.trouble()).toContain("ECONNREFUSED");
    const second = await cluster.leader();
    expect(second.name).not.toBe(first.name);
    await put(second.endpoint, "later");
    await first.start();
    await cluster.healthy();
    expect(await get(first.endpoint)).toBe("later");

    second.pause();
    expect(second.running).toBe(true);
    expect(await second.trouble()).toBeDefined();
    await until("another leader", async () =>
      (await cluster.leader()).name === second.name ? undefined : true,
    );
    second.resume();
    await cluster.healthy();
  });

  test.skipIf(noNetwork !== undefined)("hosts can be separated and connected again", async () => {
    await using cluster = await startEtcd({ server: found(), size: 3, namespaces: true });
    const { network } = cluster;
    assert(network !== undefined);
    const old = await cluster.leader();
    const alone = cluster.members.indexOf(old);
    await network.partition([[0, 1, 2].filter((index) => index !== alone)]);
    await until("the majority's leader", async () =>
      (await cluster.leader()).name === old.name ? undefined : true,
    );
    const elected = await cluster.leader();
    // Clients reach both sides: one has a quorum.
    await until("a write of the majority", () => put(elected.endpoint, "majority"));
    expect(await get(old.endpoint)).toBeUndefined();
    await network.heal();
    await cluster.healthy();
    expect(await get(old.endpoint)).toBe("majority");

    await network.setClientCable(alone, false);
    expect(await old.trouble()).toBeDefined();
    await network.setClientCable(alone, true);
    await cluster.healthy();
  });

  test("a member that ends at once fails the start, with what it said", async () => {
    const start = startEtcd({
      server: found(),
      flags: ["--initial-cluster", "m9=http://127.0.0.1:1"],
    });
    await expect(start).rejects.toThrow(/m0 has ended: [^]*initial cluster/);
  });
});
