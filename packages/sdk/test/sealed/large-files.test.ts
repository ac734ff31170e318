/** Files beyond 2 GiB are read, and catalogs that could not be read again are not written. */

import { CatalogSnapshotError } from "@engenho/sdk/sealed";
import { describe, expect, test } from "vitest";
import { readCatalogPayload, writeCatalogPayload } from "../../src/sealed/catalog-payload.ts";
import { type ReadableFile, readFileWhole } from "../../src/sealed/read-file-whole.ts";
import { failureOf } from "./support.ts";

const gibibyte = 2 ** 30;

/** A file of zeros but for the last byte of each read, which counts; the memory between is never touched. */
class HugeFile implements ReadableFile {
  isClosed = false;
  readonly ends: number[] = [];
  readonly #size: number;
  readonly #lengthOf: (asked: number) => number;

  constructor(size: number, lengthOf: (asked: number) => number) {
    this.#size = size;
    this.#lengthOf = lengthOf;
  }

  async stat() {
    return { isFile: () => true, size: this.#size };
  }

  async read(into: Uint8Array) {
    if (into.length >= 2 * gibibyte) throw new RangeError("Node reads less than 2 GiB at once");
    const bytesRead = this.#lengthOf(into.length);
    if (bytesRead === 0) return { bytesRead };
    this.ends.push((this.ends.at(-1) ?? 0) + bytesRead);
    into[bytesRead - 1] = this.ends.length;
    return { bytesRead };
  }

  async close() {
    this.isClosed = true;
  }
}

describe("a file of more than 2 GiB", () => {
  const size = 2 * gibibyte + 100;
  test.each<[how: string, lengthOf: (asked: number) => number]>([
    ["as much as is asked for", (asked) => asked],
    ["less than is asked for", (asked) => Math.ceil(asked / 2)],
  ])("is read whole where each read gives %s", async (_how, lengthOf) => {
    const file = new HugeFile(size, lengthOf);
    const content = await readFileWhole("huge", async () => file);
    expect(content).toHaveLength(size);
    expect(file.ends.at(-1)).toBe(size);
    expect(file.ends.map((end) => content[end - 1])).toEqual(file.ends.map((_, at) => at + 1));
    expect(file.isClosed).toBe(true);
  });

  test("that ends too early is what there was", async () => {
    const file = new HugeFile(size, (asked) => (asked < gibibyte ? 0 : asked));
    expect(await readFileWhole("huge", async () => file)).toHaveLength(2 * gibibyte);
  });
});

test("a file that memory has no room for is an io error", async () => {
  const file = new HugeFile(Number.MAX_SAFE_INTEGER, (asked) => asked);
  const failure = await failureOf(() => readFileWhole("huge", async () => file));
  expect(failure.message).toMatch(/^\[io\] cannot read it: /);
  expect(file.isClosed).toBe(true);
});

test("a catalog has as many bytes as can be read, and not one more", async () => {
  const catalog = { a: "中".repeat(1_000) }; // counted in bytes, not in characters
  const payload = writeCatalogPayload(catalog, 7n);
  expect(payload.length).toBeGreaterThan(3_000);
  expect(readCatalogPayload(writeCatalogPayload(catalog, 7n, payload.length))).toEqual({
    catalog,
    lastAppliedIndex: 7n,
  });
  const failure = await failureOf(() => writeCatalogPayload(catalog, 7n, payload.length - 1));
  expect(CatalogSnapshotError.is(failure, "encode")).toBe(true);
  expect(failure.message).toContain(`more than ${payload.length - 1} bytes of JSON`);
});
