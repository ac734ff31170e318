/** Options that can't be: which one it is, and what it takes. */

import { expect, test } from "vitest";
import { createRaftBackend } from "../src/index.ts";

const possible = { endpoints: ["http://127.0.0.1:9"], prefix: "test" };

/** From a caller without types. */
async function openUnchecked(...parameters: readonly unknown[]): Promise<void> {
  const store = await Reflect.apply(createRaftBackend, undefined, parameters);
  await store.close();
}

test.each([
  [{ timeoutMs: 0 }, "timeoutMs must be a positive number"],
  [{ timeoutMs: -1 }, "timeoutMs must be a positive number"],
  [{ timeoutMs: Number.NaN }, "timeoutMs must be a positive number"],
  [{ timeoutMs: "5000" }, "timeoutMs must be a positive number"],
  [{ reads: "linearisable" }, 'reads must be "linearizable" or "read-your-writes"'],
  [{ reads: "constructor" }, 'reads must be "linearizable" or "read-your-writes"'],
  [{ reads: null }, 'reads must be "linearizable" or "read-your-writes"'],
  [{ auth: { user: "root", pass: "word" } }, "auth must be { username, password }"],
  [{ auth: { username: "root" } }, "auth must be { username, password }"],
  [{ auth: "root:word" }, "auth must be { username, password }"],
  [{ tls: true }, "tls must be { ca, cert, key }"],
  [{ tls: { ca: "garbage" } }, "tls must be certificates and their key in PEM"],
  [{ tls: { ca: "-----BEGIN CERTIFICATE-----\n!" } }, "tls must be certificates and their key"],
  [{ tls: { ca: "" } }, "tls must be certificates and their key in PEM"],
  [{ tls: { ca: 1 } }, "tls must be certificates and their key in PEM"],
  [{ endpoints: ["http://127.0.0.1:99999"] }, "endpoints must look like https://host:2379"],
  [{ endpoints: ["http://a b:2379"] }, "endpoints must look like https://host:2379"],
  [{ endpoints: ["127.0.0.1:2379"] }, "endpoints must look like https://host:2379"],
  [{ endpoints: [] }, "endpoints must be a list of at least one"],
  [{ endpoints: ["http://127.0.0.1"] }, "https://host:2379, not 'http://127.0.0.1'"],
  [{ endpoints: ["https://[::1]"] }, "https://host:2379, not 'https://[::1]'"],
  [{ endpoints: ["http://127.0.0.1:9//"] }, "endpoints must look like https://host:2379"],
  [{ endpoints: [undefined] }, "https://host:2379, not undefined"],
  [{ endpoints: "http://127.0.0.1:9" }, "at least one, not 'http://127.0.0.1:9'"],
  [{ prefix: undefined }, "prefix must be a string"],
])("%j cannot be", async (options, message) => {
  const opened = openUnchecked({ ...possible, ...options });
  await expect(opened).rejects.toThrow(TypeError);
  await expect(opened).rejects.toThrow(message);
});

test.each([[], [null], ["http://127.0.0.1:9"]])("there must be options", async (...parameters) => {
  const opened = openUnchecked(...parameters);
  await expect(opened).rejects.toThrow(TypeError);
  await expect(opened).rejects.toThrow("the options must be an object");
});

test("no password is shown", async () => {
  const opened = openUnchecked({ ...possible, endpoints: ["http://root:pass/word@host:2379"] });
  await expect(opened).rejects.toThrow(/^(?!.*word).*not 'http:\/\/…@host:2379'$/);
});

test.each([
  [{ peers: { 1: "http://127.0.0.1:9" }, logDir: "/dev/null/nowhere" }],
  [{ nodeId: undefined, logDir: "/dev/null/nowhere" }],
])("%j is a node without its id", async (options) => {
  await expect(openUnchecked(options)).rejects.toThrow(/^nodeId is missing/);
});

test("an id that is undefined is none", async () => {
  const opened = openUnchecked({ ...possible, nodeId: undefined, timeoutMs: 300 });
  await expect(opened).rejects.toMatchObject({ code: "unavailable" });
});

test.each(["v3.5.13", "", 35, "3.x", "3.5.", null])(
  "minimumVersion cannot be %j",
  async (version) => {
    const node = { nodeId: 1, logDir: "/dev/null/nowhere", peers: { 1: "http://127.0.0.1:9" } };
    const opened = openUnchecked({ ...node, minimumVersion: version });
    await expect(opened).rejects.toThrow(TypeError);
    await expect(opened).rejects.toThrow(/^minimumVersion must look like "3\.5\.13", not /);
  },
);

test("a node's options are looked at too", async () => {
  const node = { nodeId: 1, logDir: "/dev/null/nowhere", peers: { 1: "http://127.0.0.1:9" } };
  const opened = openUnchecked({ ...node, reads: "linearisable" });
  await expect(opened).rejects.toThrow(/^reads must be/);
});
