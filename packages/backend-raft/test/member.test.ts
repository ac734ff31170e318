/** A member of the cluster that the store's own process runs. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { etcd, serverForTests } from "@engenho/testbed";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createRaftBackend, type RaftMemberOptions } from "../src/index.ts";
import {
  expectGone,
  isThere,
  makeDirectory,
  openMember,
  pidOf,
  planNode,
  planNodes,
  refusalOf,
  writeProgram,
} from "./member-support.ts";
import { configMap, contentOf, failureOf, follow, gateway, valueOf } from "./support.ts";

const server = await serverForTests(etcd);
const childFile = fileURLToPath(new URL("./member-child.ts", import.meta.url));

/** A process that runs a member, and the process id of its etcd. */
async function startChild(options: RaftMemberOptions) {
  const child = spawn(process.execPath, [childFile, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, pid: Number(line) };
}

describe.skipIf(server === undefined)("a node", { timeout: 60_000 }, () => {
  test("founds its cluster with its peers, and boots again without them", async () => {
    const node = await planNode();
    const first = await openMember(node);
    await first.apply("json", configMap("one", "1"));
    const pid = pidOf(first);
    expect(isThere(pid)).toBe(true);
    await first.close();
    expect(isThere(pid)).toBe(false);
    expect(first.member.status()).toMatchObject({ state: "stopped", pid: null, restarts: 0 });
    const { peers, clientUrl, ...later } = node;
    const second = await openMember(later);
    expect(await contentOf(second)).toEqual({ one: "1" });
    expect(second.diagnostics()).toMatchObject({
      member: { nodeId: "1", clientUrl, state: "running", pid: pidOf(second) },
    });
    await second.close();
    const moved = { ...peers, 2: "http://127.0.0.1:1" };
    expect(await contentOf(await openMember({ ...later, peers: moved }))).toEqual({ one: "1" });
  });

  test("makes one store with its peers, and stays one when one of three is gone", async () => {
    const nodes = await planNodes(3);
    const stores = await Promise.all(nodes.map(openMember));
    const [one, two, three] = stores;
    if (one === undefined || two === undefined || three === undefined) throw new Error("three");
    const { state } = follow(await two.watch("ConfigMap", undefined, "json"));
    await one.apply("json", configMap("a", "1"));
    await expect.poll(() => Object.fromEntries(state.content)).toEqual({ a: "1" });
    await three.close();
    await two.apply("json", configMap("b", "2"));
    expect(await contentOf(one)).toEqual({ a: "1", b: "2" });
  });

  test("whose etcd is killed starts it again, and loses nothing", async () => {
    const store = await openMember(await planNode());
    await store.apply("json", configMap("one", "1"));
    const { state } = follow(await store.watch("ConfigMap", undefined, "json"));
    const pid = pidOf(store);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => store.member.status().restarts).toBe(1);
    await store.apply("json", configMap("two", "2"));
    expect(await contentOf(store)).toEqual({ one: "1", two: "2" });
    await expect.poll(() => Object.fromEntries(state.content)).toEqual({ one: "1", two: "2" });
    expect(state.resets).toBe(0);
    expect(pidOf(store)).not.toBe(pid);
    expect(store.member.status().lastEnd).toBe("SIGKILL");
  });

  test("whose etcd ends again and again is unavailable with why, until it does not", async () => {
    const directory = makeDirectory();
    const program = join(directory, "etcd");
    writeProgram(program, `exec ${server?.path} "$@"`);
    const store = await openMember(await planNode({ etcd: program, timeoutMs: 1_500 }));
    await store.apply("json", configMap("one", "1"));
    writeProgram(`${program}.new`, `echo 'panic: out of luck' >&2; exit 7`);
    renameSync(`${program}.new`, program);
    process.kill(pidOf(store), "SIGKILL");
    await expect.poll(() => store.member.status().restarts, { timeout: 20_000 }).toBe(4);
    const failure = await failureOf(store.apply("json", configMap("two", "2")));
    expect(failure).toMatchObject({ code: "unavailable", retryable: true });
    const { logFile } = store.member.status();
    expect(failure.message).toContain("times in a row (exit code 7: panic: out of luck)");
    expect(failure.message).toContain(logFile);
    expect(await store.member.logTail()).toContain("panic: out of luck");
    writeProgram(`${program}.new`, `exec ${server?.path} "$@"`);
    renameSync(`${program}.new`, program);
    await expect.poll(() => valueOf(store, "one").catch(() => ""), { timeout: 30_000 }).toBe("1");
  });

  test("whose etcd stays away works through the other members, until it is back", async () => {
    const [first, ...others] = await planNodes(3);
    if (first === undefined) throw new Error("three");
    const program = join(makeDirectory(), "etcd");
    writeProgram(program, `exec ${server?.path} "$@"`);
    const [store] = await Promise.all([
      openMember({ ...first, etcd: program }),
      ...others.map(openMember),
    ]);
    const endpoints = [first, ...others].map(({ clientUrl }) => clientUrl).toSorted();
    const known = (): unknown => (store.diagnostics()["endpoints"] as string[]).toSorted();
    await expect.poll(known, { timeout: 20_000 }).toEqual(endpoints);
    writeProgram(`${program}.new`, "exit 7");
    renameSync(`${program}.new`, program);
    process.kill(pidOf(store), "SIGKILL");
    await expect.poll(() => store.member.status().lastEnd, { timeout: 20_000 }).toMatch(/code 7/);
    await expect
      .poll(() => store.apply("json", configMap("one", "1")).catch(() => undefined), {
        timeout: 20_000,
      })
      .toBeDefined();
    expect(await contentOf(store)).toEqual({ one: "1" });
    const asked = (): unknown => store.diagnostics()["endpoint"];
    expect(asked()).not.toBe(first.clientUrl);
    // When it is there again, so is the store.
    writeProgram(`${program}.new`, `exec ${server?.path} "$@"`);
    renameSync(`${program}.new`, program);
    await expect.poll(asked, { timeout: 45_000 }).toBe(first.clientUrl);
  });

  test("that is lost is replaced by one with an empty directory", async () => {
    const [first, second, lost] = await planNodes(3);
    if (!first || !second || !lost) throw new Error("three");
    const [store, , gone] = await Promise.all([first, second, lost].map(openMember));
    await store?.apply("json", configMap("one", "1"));
    await gone?.close();
    const call = (path: string, body: object) => gateway(first.clientUrl, `cluster/${path}`, body);
    const { members } = (await call("member/list", {})) as {
      readonly members: readonly { readonly name: string; readonly ID: string }[];
    };
    const ID = members.find(({ name }) => name === "3")?.ID;
    // etcd refuses as long as it takes the member for one of the quorum, and has known the others for less than 5 s.
    await vi.waitFor(() => call("member/remove", { ID }), { timeout: 20_000, interval: 250 });
    const [fourth] = await planNodes(1);
    const peerUrl = fourth?.peers?.["1"] ?? "";
    // etcd refuses to grow while it has not heard from all.
    await expect
      .poll(() => call("member/add", { peerURLs: [peerUrl] }).catch(() => undefined), {
        timeout: 20_000,
      })
      .toBeDefined();
    const { "3": _, ...others } = first.peers ?? {};
    const replaced = await openMember({
      ...lost,
      nodeId: 4,
      peers: { ...others, 4: peerUrl },
      clientUrl: fourth?.clientUrl ?? "",
      logDir: join(makeDirectory(), "node-4"),
      flags: [...(lost.flags ?? []), "--initial-cluster-state=existing"],
    });
    expect(await contentOf(replaced)).toEqual({ one: "1" });
    const known = (): unknown => store?.diagnostics()["endpoints"];
    await expect.poll(known, { timeout: 40_000 }).toContain(fourth?.clientUrl);
    expect(known()).not.toContain(lost.clientUrl);
  });

  test("is started with compaction on, and with flags after ours", async () => {
    const flags = ["--quota-backend-bytes=3000000000", "--auto-compaction-retention=2h"];
    const starts = async (options: object): Promise<Readonly<Record<string, unknown>>> => {
      const store = await openMember(await planNode(options));
      const lines = (await store.member.logTail()).map((line) => JSON.parse(line));
      return lines.find(({ msg }) => msg === "starting an etcd server");
    };
    expect(await starts({})).toMatchObject({ "auto-compaction-retention": "1h0m0s" });
    expect(await starts({ flags })).toMatchObject({
      "auto-compaction-retention": "2h0m0s",
      "quota-backend-bytes": 3_000_000_000,
    });
  });

  test("that can't start says why, and leaves nothing that runs", async () => {
    const node = await planNode();
    const { port } = new URL(node.clientUrl);
    const taken = createServer((socket) => socket.resume()).listen(Number(port), "127.0.0.1");
    onTestFinished(() => void taken.close());
    await once(taken, "listening");
    const failure = await refusalOf(node);
    expect(failure).toMatchObject({ code: "unavailable", verb: "open", backend: "etcd-raft" });
    expect(failure.message).toContain("address already in use");
    expect(failure.message).toContain(join(node.logDir, "etcd.log"));
    taken.close();
    await once(taken, "close");
    const store = await openMember(node); // The directory is free again.
    expect(await contentOf(store)).toEqual({});
  });

  test("that is alone says so when its time is up", async () => {
    const [node] = await planNodes(3);
    if (node === undefined) throw new Error("three");
    const failure = await refusalOf({ ...node, startTimeoutMs: 1_000 });
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none" });
    expect(failure.message).toMatch(/node 1 is not one of a quorum yet .*etcd\.log$/);
    for (const id of ["2", "3"])
      expect(failure.message).toContain(`peer ${id} (${node.peers?.[id]})`);
    expect(failure.message).not.toContain("ECONNREFUSED");
  });

  test.each([
    ["--no-such-flag=1", "flag provided but not defined: -no-such-flag"],
    ["--quota-backend-bytes=much", 'invalid value "much" for flag -quota-backend-bytes'],
    ["--election-timeout=1", "failed to verify flags: --election-timeout"],
  ])("is not worth a retry with %s", async (flag, words) => {
    const failure = await refusalOf(await planNode({ flags: [flag] }));
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: false });
    expect(failure.message).toContain("look at `flags`");
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain("ECONNREFUSED");
  });

  test("that was removed from its cluster says so, and what to do", async () => {
    const [first, second, removed] = await planNodes(3);
    if (!first || !second || !removed) throw new Error("three");
    const [, , gone] = await Promise.all([first, second, removed].map(openMember));
    await gone?.close();
    const call = (path: string, body: object) => gateway(first.clientUrl, `cluster/${path}`, body);
    const { members } = (await call("member/list", {})) as {
      readonly members: readonly { readonly name: string; readonly ID: string }[];
    };
    const ID = members.find(({ name }) => name === "3")?.ID;
    // etcd refuses as long as it takes the member for one of the quorum, and has known the others for less than 5 s.
    await vi.waitFor(() => call("member/remove", { ID }), { timeout: 20_000, interval: 250 });
    const failure = await refusalOf(removed);
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: false });
    expect(failure.message).toContain("the member has been permanently removed from the cluster");
    expect(failure.message).toContain("etcdctl member add");
  });

  test("whose first boot had a wrong peer says so, and begins anew without that one's data", async () => {
    const [first, ...others] = await planNodes(3);
    if (first === undefined) throw new Error("three");
    const wrong = { ...first.peers, 3: "http://127.0.0.1:1" };
    await refusalOf({ ...first, peers: wrong, startTimeoutMs: 4_000 });
    const failure = await refusalOf(first);
    expect(failure).toMatchObject({ code: "conflict", outcome: "none", retryable: false });
    const data = join(first.logDir, "etcd");
    for (const part of [data, "3: http://127.0.0.1:1 ", `3: ${first.peers?.["3"]} `])
      expect(failure.message).toContain(part);
    expect(existsSync(join(data, "member/wal"))).toBe(true);
    // Without peers, it goes on with those that it knows.
    const { peers: _, ...later } = first;
    expect(await refusalOf({ ...later, startTimeoutMs: 1_000 })).toMatchObject({
      code: "unavailable",
    });
    rmSync(data, { recursive: true });
    const [store] = await Promise.all([first, ...others].map(openMember));
    expect(store && (await contentOf(store))).toEqual({});
  });

  test("that has waited for others in vain is not alone by peers that leave them out", async () => {
    const [node] = await planNodes(2);
    if (node === undefined) throw new Error("two");
    await refusalOf({ ...node, startTimeoutMs: 4_000 });
    const alone = { 1: node.peers?.["1"] ?? "" };
    expect(await refusalOf({ ...node, peers: alone })).toMatchObject({ code: "conflict" });
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "whose process ends by %s takes its etcd with it, and can boot again",
    async (signal) => {
      const node = await planNode();
      const { child, pid } = await startChild(node);
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      // Its etcd may have a moment left: the new one waits for it, or is started again.
      const store = await openMember(node);
      expect(await contentOf(store)).toEqual({});
      await expectGone(pid);
    },
  );

  test("takes its etcd with it when its whole process group is killed", async () => {
    const { child, pid } = await startChild(await planNode());
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await expectGone(pid);
  });

  test("ends an etcd that is stalled", async () => {
    const store = await openMember(await planNode());
    const pid = pidOf(store);
    process.kill(pid, "SIGSTOP");
    await store.close();
    await expectGone(pid);
  });

  test("has its directory for itself", async () => {
    const node = await planNode();
    const { child, pid } = await startChild(node);
    expect(await refusalOf(node)).toMatchObject({ code: "locked", verb: "open" });
    child.kill("SIGKILL");
    await expectGone(pid);
    const store = await openMember(node);
    expect(await refusalOf(node)).toMatchObject({ code: "locked" });
    await store.apply("json", configMap("one", "1"));
    expect(await contentOf(store)).toEqual({ one: "1" });
  });

  test("does not boot as another node, or without the log it had", async () => {
    const node = await planNode();
    await (await openMember(node)).close();
    const other = { ...node, nodeId: 2, peers: { 2: node.clientUrl } };
    expect(await refusalOf(other)).toMatchObject({ code: "conflict" });
    rmSync(join(node.logDir, "etcd"), { recursive: true });
    const failure = await refusalOf(node);
    expect(failure).toMatchObject({ code: "corrupt" });
    expect(failure.message).toContain("add it anew");
  });

  test("shows nobody else what it keeps", async () => {
    const node = await planNode();
    await openMember(node);
    for (const path of [node.logDir, join(node.logDir, "etcd"), join(node.logDir, "etcd.log")])
      expect(statSync(path).mode & 0o077, path).toBe(0);
  });

  test("whose keeper is killed runs no second etcd beside the first", async () => {
    const store = await openMember(await planNode());
    const pid = pidOf(store);
    const [, keeper] = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    process.kill(Number(keeper), "SIGKILL");
    await expectGone(pid);
    await expect.poll(() => store.member.status().restarts).toBeGreaterThan(0);
    await store.apply("json", configMap("one", "1"));
    expect(await contentOf(store)).toEqual({ one: "1" });
  });

  test("boots for a user who may only write to the store's keys", async () => {
    const node = await planNode();
    const first = await openMember(node);
    const call = (path: string, body: object) => gateway(node.clientUrl, `auth/${path}`, body);
    await call("user/add", { name: "root", password: "secret-word" });
    await call("user/grant", { user: "root", role: "root" });
    await call("role/add", { name: "writer" });
    const perm = { key: btoa("engenho/"), range_end: btoa("engenho0"), permType: "READWRITE" };
    await call("role/grant", { name: "writer", perm });
    await call("user/add", { name: "someone", password: "other-word" });
    await call("user/grant", { user: "someone", role: "writer" });
    await call("enable", {});
    await first.close();
    const auth = { username: "someone", password: "other-word" };
    const store = await openMember({ ...node, auth });
    await store.apply("json", configMap("one", "1"));
    expect(await contentOf(store)).toEqual({ one: "1" });
    await store.close();
    const wrong = { username: "someone", password: "wrong-word" };
    const failure = await refusalOf({ ...node, auth: wrong });
    expect(failure).toMatchObject({ code: "permission_denied" });
    expect(failure.message).not.toContain("-word");
    expect(await refusalOf(node)).toMatchObject({ code: "permission_denied" });
  });

  test("does not take etcd's variables from its process", async () => {
    process.env["ETCD_INITIAL_CLUSTER_STATE"] = "nonsense";
    onTestFinished(() => void delete process.env["ETCD_INITIAL_CLUSTER_STATE"]);
    expect(await contentOf(await openMember(await planNode()))).toEqual({});
  });
});

describe("before anything starts", () => {
  const loopback = { nodeId: 1, peers: { 1: "http://127.0.0.1:2380" } };
  /** Options with a directory that is not there. */
  const optionsOf = (options: object): RaftMemberOptions => ({
    ...loopback,
    logDir: join(makeDirectory(), "logs"),
    ...options,
  });

  test.each([
    [
      { peers: { 1: "http://127.0.0.1:2380", 2: "http://10.0.0.2:2380" } },
      "(http://10.0.0.2:2380) is http off",
    ],
    [{ peers: { 1: "http://node1.example:2380" } }, "insecure: true"],
    [{ clientUrl: "http://0.0.0.0:2379" }, "insecure: true"],
    [{ peers: { 1: "https://10.0.0.1:2380" } }, "needs `tls`"],
    [{ tls: {} }, "must be https"],
    [{ peers: { 1: "https://[::1]:2" }, tls: { ca: "", cert: "", key: "" } }, "in PEM"],
    [{ peers: { 2: "http://127.0.0.1:2380" } }, "this node too"],
    [{ peers: { 1: "127.0.0.1:2380" } }, "https://host:2380, not '127.0.0.1:2380'"],
    [{ peers: { 1: "http://127.0.0.1" } }, "must look like"],
    [{ nodeId: "a/b" }, "64 at most, not 'a/b'"],
    [{ nodeId: undefined }, "nodeId"],
    [{ logDir: undefined }, "logDir"],
    [{ startTimeoutMs: 0 }, "startTimeoutMs"],
    [{ endpoints: ["http://127.0.0.1:2379"] }, "not both"],
  ])("%j is refused", async (options, words) => {
    const asked = optionsOf(options);
    await expect(createRaftBackend(asked)).rejects.toThrow(TypeError);
    await expect(createRaftBackend(asked)).rejects.toThrow(words);
    expect(existsSync(asked.logDir ?? "")).toBe(false);
  });

  test("the first boot wants peers", async ({ skip }) => {
    skip(server === undefined, "there is no etcd");
    const { peers: _, ...node } = await planNode();
    await expect(createRaftBackend(node)).rejects.toThrow("peers must be given");
  });

  test("no etcd is unavailable, and says how to get one", async () => {
    const failure = await refusalOf(optionsOf({ etcd: "/no/such/etcd" }));
    expect(failure).toMatchObject({ code: "unavailable", outcome: "none", retryable: false });
    expect(failure.message).toContain("https://etcd.io/docs/latest/install/");
    const other = await refusalOf(optionsOf({ etcd: "/bin/echo" }));
    expect(other.message).toContain("/bin/echo is no etcd");
  });

  test("an old etcd is unsupported, unless it is asked for", async () => {
    const program = writeProgram(join(makeDirectory(), "etcd"), "echo etcd Version: 3.5.12");
    const options = optionsOf({ etcd: program });
    const failure = await refusalOf(options);
    expect(failure).toMatchObject({ code: "unsupported", retryable: false });
    expect(failure.message).toContain("3.5.12, older than 3.5.13");
    expect(existsSync(options.logDir)).toBe(false);
    // It says its version and ends: that it was started shows that it was taken.
    const asked = await refusalOf({ ...options, minimumVersion: "3.5" });
    expect(asked).toMatchObject({ code: "unavailable" });
    expect(readFileSync(join(options.logDir, "etcd.log"), "utf8")).toContain("3.5.12");
  });

  test("a directory that can't be is said", async () => {
    const file = join(makeDirectory(), "file");
    const program = writeProgram(file, "echo etcd Version: 3.6.0");
    const failure = await refusalOf(optionsOf({ logDir: join(file, "logs"), etcd: program }));
    expect(failure).toMatchObject({ code: "unavailable", retryable: false });
    expect(failure.message).toContain("cannot use the log directory");
  });

  test("a file that is not ours is corrupt", async () => {
    const directory = makeDirectory();
    const program = writeProgram(join(directory, "etcd"), "echo etcd Version: 3.6.0");
    mkdirSync(join(directory, "logs"));
    writeProgram(join(directory, "logs/member.json"), "");
    const failure = await refusalOf(optionsOf({ logDir: join(directory, "logs"), etcd: program }));
    expect(failure).toMatchObject({ code: "corrupt" });
  });
});
