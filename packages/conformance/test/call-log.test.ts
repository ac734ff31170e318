import { createInMemoryBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { CallLog } from "../src/harness/call-log.ts";
import { fakeBackend, fakeSubject, judge, requirement } from "./support/fake-backend.ts";

const never = (): Promise<never> => new Promise(() => {});
const manifest = (name: string): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "a" } }),
  );
const limit = { timeoutMs: 1_000 };

/** What is said of a check of a backend with these parts. */
async function messageOf(
  parts: Parameters<typeof fakeBackend>[0],
  check: Parameters<typeof requirement>[1],
): Promise<string | undefined> {
  const subject = fakeSubject({ open: async () => fakeBackend(parts) });
  return (await judge([requirement("T-1", check)], subject, limit)).requirements[0]?.message;
}

describe("a check whose time is up", () => {
  test("names the call that hangs, and does not blame the close that waits for it", async () => {
    let pending: Promise<unknown> = Promise.resolve();
    const apply = (): Promise<never> => {
      const call = never();
      pending = call;
      return call;
    };
    const close = async (): Promise<void> => void (await pending);
    const message = await messageOf({ apply, close }, async ({ backend }) => {
      await backend.apply("json", manifest("x"));
    });
    expect(message).toMatch(
      /^timed out after 1 s: apply ConfigMap a\/x has been pending for \d.*s$/,
    );
  });

  test("says how far it came, and nothing of what the closing of its stores made of it", async () => {
    let closes = 0;
    const { promise: closed, reject: end } = Promise.withResolvers<never>();
    // The first is that of the first look at the subject.
    const close = async (): Promise<void> => {
      if (++closes === 2) end(new Error("the backend is closed"));
    };
    const get = async (): Promise<never> => undefined as never;
    const message = await messageOf({ get, close }, async ({ backend }) => {
      for (let i = 0; i < 3; i++) await backend.get({ kind: "ConfigMap", name: "x" }, "json");
      await closed;
    });
    expect(message).toMatch(
      /^timed out after 1 s, after 3 calls of get \(\d+ ms each\): raise --timeout/,
    );
    expect(message).not.toMatch(/closed/);
  });
});

test("a close that waits for a call says for which", async () => {
  const message = await messageOf({ list: never, close: never }, ({ backend }) => {
    backend.list("ConfigMap", undefined, "json").catch(() => {});
  });
  // Opening a subject for the first time closes it, too.
  expect(message).toMatch(
    /^close\(\) did not settle within 1 s: list of ConfigMap has been pending for \d.*s$/,
  );
});

test("a backend that is observed is the same: promises, errors, frozen or not", async () => {
  const backend = Object.freeze(await createInMemoryBackend());
  const observed = new CallLog().observe(backend);
  expect(observed.capabilities).toBe(backend.capabilities);
  expect(observed.apply).toBe(observed.apply);
  await observed.apply("json", manifest("x"));
  expect(observed.resourceCount()).toBe(1);
  await expect(observed.get({ kind: "ConfigMap", name: "y" }, "json")).rejects.toMatchObject({
    code: "not_found",
  });
  await observed[Symbol.asyncDispose]();
  expect(backend.diagnostics().state).toBe("closed");
});
