/** Translations: made once for many readers, remembered within bounds, and yielding in long lists. */

import { BackendError, createInMemoryBackend, type FormatAdapter, k8sYaml } from "@engenho/sdk";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Entry } from "../../src/backend/entry.ts";
import { Translations } from "../../src/backend/translations.ts";
import { failure } from "./support.ts";

function manifest(name: string, note: string): Uint8Array {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, annotations: { note: ${note} } }\n`;
  return new TextEncoder().encode(text);
}

/** YAML that counts the translations from it. */
class CountingYaml implements FormatAdapter {
  readonly name = "counting-yaml";
  readonly format = "yaml";
  translated = 0;
  readonly reference = k8sYaml.reference.bind(k8sYaml);
  parse(body: Uint8Array): ReturnType<NonNullable<FormatAdapter["parse"]>> {
    this.translated++;
    return k8sYaml.parse?.(body) ?? null;
  }
}

test("every reader of one resource in one format shares a translation, and has a body of its own", async () => {
  const yaml = new CountingYaml();
  await using backend = await createInMemoryBackend({ adapters: [yaml] });
  const watches = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const events = (await backend.watch("Pod", undefined, "json"))[Symbol.asyncIterator]();
      await events.next();
      return events;
    }),
  );
  await backend.apply("yaml", manifest("a", "one"));
  const bodies: Uint8Array[] = [];
  for (const events of watches) {
    const { value } = await events.next();
    if (value?.type === "added") bodies.push(value.resource.body);
  }
  bodies.push((await backend.get({ kind: "Pod", name: "a" }, "json")).body);
  expect(bodies.map((body) => JSON.parse(new TextDecoder().decode(body)))).toMatchObject(
    bodies.map(() => ({ metadata: { annotations: { note: "one" } } })),
  );
  expect(new Set(bodies.map((body) => body.buffer)).size).toBe(6);
  expect(yaml.translated).toBe(1);
});

test("a change is translated anew", async () => {
  const yaml = new CountingYaml();
  await using backend = await createInMemoryBackend({ adapters: [yaml] });
  for (const note of ["one", "two"]) {
    await backend.apply("yaml", manifest("a", note));
    const { items } = await backend.list("Pod", undefined, "json");
    expect(new TextDecoder().decode(items[0]?.body)).toContain(note);
  }
  expect(yaml.translated).toBe(2);
});

test("what cannot be translated is tried once, and read as it is each time", async () => {
  const yaml = new CountingYaml();
  await using backend = await createInMemoryBackend({ adapters: [yaml] });
  await backend.apply("yaml", manifest("a", ".nan"));
  for (let i = 0; i < 3; i++) {
    const { items } = await backend.list("Pod", undefined, "json");
    expect(items[0]?.format).toBe("yaml");
  }
  expect(await failure(backend.get({ kind: "Pod", name: "a" }, "json"))).toMatchObject({
    code: "unsupported_format",
    verb: "get",
  });
  expect(yaml.translated).toBe(1);
});

test("what was not asked for in 16 MiB of translations is forgotten, and what is larger never kept", () => {
  const translations = new Translations();
  const entries = Array.from({ length: 40 }, (): Entry => ({}) as Entry);
  let made = 0;
  const get = (index: number, size: number): void => {
    const translate = (): Uint8Array => {
      made++;
      return new Uint8Array(size);
    };
    translations.get(entries[index] as Entry, "json", translate);
  };
  const mebibyte = 1024 * 1024;
  for (let i = 0; i < 8; i++) get(i, mebibyte);
  for (let i = 0; i < 8; i++) get(i, mebibyte);
  expect(made).toBe(8);
  for (let i = 8; i < 32; i++) {
    get(0, mebibyte); // Asked for again and again: it stays.
    get(i, mebibyte);
  }
  expect(made).toBe(32);
  get(1, mebibyte);
  expect(made).toBe(33);
  for (let i = 0; i < 2; i++) get(39, 9 * mebibyte);
  expect(made).toBe(35);
});

test("a long list lets others have a turn, shows one point in time, and can be aborted", async () => {
  await using backend = await createInMemoryBackend();
  const count = 30;
  // So that each translation takes longer than a slice.
  let clock = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => (clock += 20));
  onTestFinished(() => now.mockRestore());
  for (let i = 0; i < count; i++) await backend.apply("yaml", manifest(`pod-${i}`, "before"));
  const abort = new AbortController();
  let isListed = false;
  const listing = backend.list("Pod", undefined, "json").finally(() => (isListed = true));
  const aborted = failure(backend.list("Pod", undefined, "json", { signal: abort.signal }));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(isListed).toBe(false);
  abort.abort();
  for (let i = 0; i < 20; i++) await backend.apply("yaml", manifest(`pod-${i}`, "after"));
  const { items } = await listing;
  expect(items).toHaveLength(count);
  const isBefore = ({ body }: { readonly body: Uint8Array }): boolean =>
    new TextDecoder().decode(body).includes("before");
  expect(items.every(isBefore)).toBe(true);
  const error = await aborted;
  expect(BackendError.is(error, "aborted") && error.outcome).toBe("none");
});
