/** What others bring must not hurt: Buffers, and adapters that fail. */

import {
  BackendError,
  createBackend,
  encodeEnvelope,
  encodeSnapshot,
  type FormatAdapter,
} from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { MapDriver } from "./map-driver.ts";
import { body, failure, open, ref } from "./support.ts";

describe("a Node Buffer, whose slice is a view", () => {
  test("is copied by apply and restore, and is not what reads return", async () => {
    await using backend = await open(new MapDriver());
    const given = Buffer.from(body("a"));
    await backend.apply("native", given);
    given.fill(0);
    expect([...(await backend.get(ref("a"), "native")).body]).toEqual([...body("a")]);
    const snapshot = Buffer.from(encodeSnapshot([{ ref: ref("b"), envelope: body("b") }]));
    await backend.restore(snapshot);
    snapshot.fill(0);
    expect([...(await backend.get(ref("b"), "native")).body]).toEqual([...body("b")]);
  });

  test("that a driver loads is not what readers of the applied format get, list and watch", async () => {
    const driver = new MapDriver();
    const payload = new TextEncoder().encode("{}");
    const envelope = Buffer.from(encodeEnvelope({ ref: ref("a"), format: "json", payload }));
    driver.stored.set("a", { ref: ref("a"), envelope });
    await using backend = await open(driver);
    for (let i = 0; i < 2; i++) {
      const { body: got } = await backend.get(ref("a"), "json");
      const [listed] = (await backend.list("Job", undefined, "json")).items;
      const events = (await backend.watch("Job", undefined, "json"))[Symbol.asyncIterator]();
      const { value } = await events.next();
      const watched = value?.type === "added" ? value.resource.body : undefined;
      for (const bytes of [got, listed?.body, watched]) {
        expect([...(bytes ?? [])]).toEqual([...payload]);
        bytes?.fill(0);
      }
    }
  });

  test("that a driver loads is not what readers get", async () => {
    const driver = new MapDriver();
    driver.stored.set("a", { ref: ref("a"), envelope: Buffer.from(body("a")) });
    await using backend = await open(driver);
    (await backend.get(ref("a"), "native")).body.fill(0);
    expect([...(await backend.get(ref("a"), "native")).body]).toEqual([...body("a")]);
  });
});

describe("an adapter of somebody else's", () => {
  const toml = (parts: Partial<FormatAdapter>): FormatAdapter => ({
    name: "toml",
    format: "toml",
    reference: () => ref("a"),
    ...parts,
  });
  const json = new TextEncoder().encode(
    '{"apiVersion":"v1","kind":"Job","metadata":{"name":"a","namespace":"default"}}',
  );

  test("that cannot print is no trouble to writers and to other formats", async () => {
    const print = (): never => {
      throw new BackendError("too_large", "more than fits");
    };
    const adapters = [toml({ print })];
    await using backend = await createBackend(new MapDriver(), { name: "test", adapters });
    const events = (await backend.watch("Job", undefined, "toml"))[Symbol.asyncIterator]();
    await events.next();
    const next = events.next();
    await backend.apply("json", json);
    expect((await next).value).toMatchObject({ type: "added", resource: { format: "json" } });
    expect(await failure(backend.get(ref("a"), "toml"))).toMatchObject({
      code: "unsupported_format",
    });
  });

  test("that throws by accident is internal", async () => {
    const reference = (): never => {
      throw new TypeError("cannot read properties of undefined");
    };
    const adapters = [toml({ reference })];
    await using backend = await createBackend(new MapDriver(), { name: "test", adapters });
    expect(await failure(backend.apply("toml", json))).toMatchObject({
      code: "internal",
      outcome: "none",
      verb: "apply",
    });
  });
});

test("a manifest that is given as text is refused without being repeated", async () => {
  await using backend = await open(new MapDriver());
  const text: unknown = "kind: Secret\nstringData: { password: hunter2 }\n";
  for (const call of [
    backend.apply("yaml", text as Uint8Array),
    backend.restore(text as Uint8Array),
  ]) {
    await expect(call).rejects.toBeInstanceOf(TypeError);
    await expect(call).rejects.toThrow(/must be a Uint8Array, not string$/);
  }
});
