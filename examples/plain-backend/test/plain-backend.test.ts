/** What the suite cannot bring about: a full disk, and bodies at the limits of JSON. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BackendError, createInMemoryBackend, type StoreBackend } from "@engenho/sdk";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openPlainBackend } from "../plain-backend.ts";
import { sqliteFailure } from "../rows.ts";

/** A store in a directory of its own, and the database that it has opened. */
async function open(): Promise<{ readonly store: StoreBackend; readonly db: DatabaseSync }> {
  const directory = mkdtempSync(join(tmpdir(), "plain-"));
  const exec = vi.spyOn(DatabaseSync.prototype, "exec");
  const store = await openPlainBackend(join(directory, "store.db"));
  const [db] = exec.mock.contexts;
  exec.mockRestore();
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  if (!(db instanceof DatabaseSync)) throw new Error("the store has opened no database");
  return { store, db };
}

const manifest = (name: string, rest = "") =>
  new TextEncoder().encode(
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}${rest}}`,
  );

describe("what SQLite refuses", () => {
  test("a restore that finds no space says so, and the store goes on as it was", async () => {
    const { store, db } = await open();
    const large = await createInMemoryBackend();
    await large.apply("json", manifest("large", `,"data":{"a":"${"x".repeat(500_000)}"}`));
    const snapshot = await large.snapshot();
    await large.close();
    const { ref } = await store.apply("json", manifest("small"));
    db.exec("PRAGMA max_page_count = 20");
    await expect(store.restore(snapshot)).rejects.toMatchObject({
      code: "no_space",
      outcome: "none",
    });
    await store.get(ref, "json");
    await store.apply("json", manifest("another"));
    expect(store.resourceCount()).toBe(2);
  });

  test("a store that may only be read says so", async () => {
    const { store, db } = await open();
    db.exec("PRAGMA query_only = ON");
    await expect(store.apply("json", manifest("a"))).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  test.each([
    [10, "unavailable"],
    [10 + 3 * 256, "unavailable"], // SQLITE_IOERR_WRITE
    [11 + 2 * 256, "corrupt"], // SQLITE_CORRUPT_SEQUENCE
  ])("result code %i is %s", (errcode, code) => {
    const error = Object.assign(new Error("from SQLite"), { errcode });
    expect(sqliteFailure(error)).toMatchObject({ code, cause: error });
  });
});

describe("what in-memory refuses of JSON is refused", () => {
  const nested = (levels: number, within: string) =>
    `,"data":${"[".repeat(levels)}${within}${"]".repeat(levels)}`;
  test.each([
    ["127 levels in the object", nested(127, ""), "created"],
    ["127 levels with something in them", nested(127, "1"), "created"],
    ["128 levels in the object", nested(128, ""), "invalid_manifest"],
    ["half a character in a text", String.raw`,"data":{"a":"\ud83d"}`, "invalid_manifest"],
    ["half a character in a name", String.raw`,"data":{"\ude00":"a"}`, "invalid_manifest"],
    ["a whole character in halves", String.raw`,"data":{"\ud83d\ude00":"\ud83d\ude00"}`, "created"],
  ])("%s", async (_, rest, expected) => {
    const { store } = await open();
    await using inMemory = await createInMemoryBackend();
    for (const backend of [inMemory, store]) {
      const outcome = await backend.apply("json", manifest("a", rest)).then(
        ({ operation }) => operation,
        ({ code }: BackendError) => code,
      );
      expect(outcome).toBe(expected);
    }
  });
});
