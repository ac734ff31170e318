/** Moments are reserved ahead of need: no write waits for that while there are some left. */

import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { StoreBackend } from "@engenho/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fileOperations } from "../src/file-operations.ts";
import { failureOf, makeDirectory, openOver, podManifest, podRef } from "./support.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const laterBy = (seconds: number): unknown => vi.setSystemTime(Date.now() + seconds * 1000);

const fine = (): Promise<void> => Promise.resolve();
const failing = (errno: string) => (): Promise<void> =>
  Promise.reject(Object.assign(new Error("injected"), { code: errno }));

/** A store with one resource, and what happens to its `_meta.json` from then on. */
async function storeWithReserve() {
  const root = makeDirectory();
  const meta = join(root, "_meta.json");
  const reservations = { begun: 0, held: 0, open: fine, sync: fine };
  const backend = await openOver(root, {
    ...fileOperations,
    async openFile(path) {
      if (path === meta) {
        reservations.begun++;
        await reservations.open();
      }
      return fileOperations.openFile(path);
    },
    async sync(file) {
      if (file.path === meta) await reservations.sync();
      await fileOperations.sync(file);
    },
  });
  await backend.apply("yaml", podManifest("a", "0"));
  reservations.begun = 0;
  return { backend, reservations };
}

/** Has reservations wait until the function that it returns is called, and go on with this. */
function holdBack(
  reservations: { held: number; sync: () => Promise<void> },
  then = fine,
): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  reservations.sync = () => {
    reservations.held++;
    return promise.then(then);
  };
  return resolve;
}

let note = 0;
const write = (backend: StoreBackend): Promise<unknown> =>
  backend.apply("yaml", podManifest("a", String(++note)));

/** Whether it is still under way when everything else has had its turn. */
async function isWaiting(work: Promise<unknown>): Promise<boolean> {
  const pause = new Promise<"pause">((resolve) => void setTimeout(resolve, 300, "pause"));
  return (await Promise.race([work, pause])) === "pause";
}

test("no write waits while some of the reserve is left, and one reservation at a time is made", async () => {
  const { backend, reservations } = await storeWithReserve();
  laterBy(4);
  await write(backend);
  expect(reservations.begun).toBe(0);
  const release = holdBack(reservations);
  laterBy(2);
  await write(backend);
  await write(backend);
  await expect.poll(() => reservations.held).toBe(1);
  laterBy(4.5);
  const late = write(backend);
  expect(await isWaiting(late)).toBe(true);
  release();
  await late;
  expect(reservations.begun).toBe(1);
});

test("a reservation that fails ahead of need fails no write, and is tried again when it is needed", async () => {
  const { backend, reservations } = await storeWithReserve();
  reservations.open = failing("EMFILE");
  laterBy(6);
  await write(backend);
  await write(backend);
  expect(reservations.begun).toBeGreaterThan(0);
  laterBy(5);
  expect(await failureOf(write(backend))).toMatchObject({ code: "unavailable", outcome: "none" });
  reservations.open = fine;
  await write(backend);
});

test("an fsync that fails ahead of need ends the store, and is told to the next", async () => {
  const { backend, reservations } = await storeWithReserve();
  const release = holdBack(reservations, failing("EIO"));
  laterBy(6);
  await write(backend);
  await expect.poll(() => reservations.held).toBe(1);
  release();
  await setImmediate();
  const failure = await failureOf(write(backend));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "none" });
  expect(failure.reason).toContain("_meta.json");
  expect((await failureOf(backend.get(podRef("a"), "yaml"))).code).toBe("unavailable");
});

test("closing waits for a reservation that is under way", async () => {
  const { backend, reservations } = await storeWithReserve();
  const release = holdBack(reservations);
  laterBy(6);
  await write(backend);
  await expect.poll(() => reservations.held).toBe(1);
  const closing = backend.close();
  expect(await isWaiting(closing)).toBe(true);
  release();
  await closing;
});
