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

test("a node's options are looked at too", async () => {
  const node = { nodeId: 1, logDir: "/dev/null/nowhere", peers: { 1: "http://127.0.0.1:9" } };
  const opened = openUnchecked({ ...node, reads: "linearisable" });
  await expect(opened).rejects.toThrow(/^reads must be/);
});
