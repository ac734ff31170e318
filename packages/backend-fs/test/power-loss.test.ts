/** Loss of power on real filesystems: what was acknowledged is there, and nothing is torn. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BackendError, type StoreBackend } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { createFsBackend, type FsBackendOptions } from "../src/index.ts";
import { cutPower, mountFilesystem, restorePower } from "./mounted-filesystem.ts";
import { givenSeed, numbers } from "./random.ts";
import { podManifest, podRef, stateOf } from "./support.ts";

const rounds = process.env["CI"] === undefined ? 3 : 20;
const slow = { timeout: 600_000 };
/** When the power goes is chosen by it, as far as a disk does the same again. */
const seed = givenSeed();
const pick = numbers(seed);

/** What one name holds: a text, or nothing. */
type Held = string | undefined;

/** Writes for as long as the disk takes it, and knows what it was told. */
interface Load {
  /** Resolves when the store has failed. */
  run(backend: StoreBackend): Promise<void>;
  /** How many writes were acknowledged. */
  readonly acknowledged: number;
  /** How many to wait for, at most, before the power goes. */
  readonly patience: number;
  /**
   * Called just before the power goes. An answer that comes later says nothing: the kernel drops its log at once, and an
   * fsync that comes after it may find nothing left to write and succeed. Where power is really lost, nobody is told then.
   */
  powerGoes(): void;
  /** What is there and must not be, or the other way round. */
  faults(backend: StoreBackend): Promise<readonly string[]>;
}

/** Clients that apply and delete, each its own names, some in directories that are new. */
class ClientLoad implements Load {
  acknowledged = 0;
  readonly patience = 100;
  /** By name: what was acknowledged last, and what may have happened since. */
  readonly #settled = new Map<string, Held>();
  readonly #possible = new Map<string, Held[]>();
  #count = 0;
  #isGoing = false;

  powerGoes(): void {
    this.#isGoing = true;
  }

  async run(backend: StoreBackend): Promise<void> {
    this.#isGoing = false;
    await Promise.all(Array.from({ length: 16 }, (_, client) => this.#client(backend, client)));
  }

  async #client(backend: StoreBackend, client: number): Promise<void> {
    for (;;) {
      const count = this.#count++;
      const name = `c${client}-${count % 3}`;
      const held =
        this.#settled.get(name) !== undefined && count % 5 === 0 ? undefined : `${count}`;
      this.#possible.set(name, [held]);
      try {
        if (held === undefined) await backend.delete(podRef(name));
        else await backend.apply("yaml", podManifest(name, held.padEnd(200)));
      } catch (error) {
        if (BackendError.is(error, "unavailable")) return;
        throw error;
      }
      if (this.#isGoing) return;
      this.#settled.set(name, held);
      this.#possible.delete(name);
      this.acknowledged++;
    }
  }

  async faults(backend: StoreBackend): Promise<readonly string[]> {
    const { items } = await backend.list("Pod", undefined, "yaml");
    const texts = new Map(items.map(({ ref, body }) => [ref.name, textOf(body)]));
    const faults: string[] = [];
    for (const name of new Set([
      ...this.#settled.keys(),
      ...this.#possible.keys(),
      ...texts.keys(),
    ])) {
      const allowed = [this.#settled.get(name), ...(this.#possible.get(name) ?? [])];
      const manifests = allowed.map((held) => held && textOf(podManifest(name, held.padEnd(200))));
      const found = texts.get(name);
      if (!manifests.includes(found))
        faults.push(`${name}: ${found}, not ${manifests.join(" or ")}`);
      this.#settled.set(name, allowed[manifests.indexOf(found)]);
    }
    this.#possible.clear();
    return faults;
  }
}

/** Restores one of two snapshots after the other. */
class RestoreLoad implements Load {
  acknowledged = 0;
  readonly patience = 3;
  readonly #snapshots: readonly Uint8Array[];
  #settled = "gA==";
  #possible = "gA==";
  #isGoing = false;

  constructor(snapshots: readonly Uint8Array[]) {
    this.#snapshots = snapshots;
  }

  powerGoes(): void {
    this.#isGoing = true;
  }

  async run(backend: StoreBackend): Promise<void> {
    this.#isGoing = false;
    for (let count = 0; ; count++) {
      const snapshot = this.#snapshots[count % this.#snapshots.length] ?? new Uint8Array();
      this.#possible = Buffer.from(snapshot).toString("base64");
      try {
        await backend.restore(snapshot);
      } catch (error) {
        if (BackendError.is(error, "unavailable")) return;
        throw error;
      }
      if (this.#isGoing) return;
      this.#settled = this.#possible;
      this.acknowledged++;
    }
  }

  async faults(backend: StoreBackend): Promise<readonly string[]> {
    const found = Buffer.from(await backend.snapshot()).toString("base64");
    const isOldOrNew = [this.#settled, this.#possible].includes(found);
    this.#settled = found;
    return isOldOrNew ? [] : ["neither the old state nor the new one"];
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Opens a store, and loses power meanwhile or soon after. */
async function loseWhileOpening(mount: string, options: FsBackendOptions): Promise<void> {
  const opening = createFsBackend(options);
  const ended = opening.then(
    (backend) => backend,
    (error: unknown) => BackendError.from(error).code,
  );
  await delay(pick(40));
  await cutPower(mount);
  const opened = await ended;
  if (typeof opened === "string") expect(opened).toBe("unavailable");
  else await opened.close();
  await restorePower(mount);
}

/**
 * Lets a load write until the power goes, some writes after it began; gives what is wrong afterwards.
 *
 * @param openings How many times power is lost again while the store is opened.
 */
async function loseOnce(
  mount: string,
  load: Load,
  options: Partial<FsBackendOptions>,
  openings = 0,
): Promise<readonly string[]> {
  const root = join(mount, "store");
  const backend = await createFsBackend({ root, ...options });
  const until = load.acknowledged + pick(load.patience);
  const running = load.run(backend);
  while (load.acknowledged < until) await delay(1);
  await delay(pick(10));
  load.powerGoes();
  await cutPower(mount);
  await running;
  await backend.close();
  await restorePower(mount);
  for (let opening = 0; opening < openings; opening++)
    await loseWhileOpening(mount, { root, ...options });
  const again = await createFsBackend({ root, ...options });
  const { damaged } = again.diagnostics().counts;
  const faults = await load.faults(again);
  await again.close();
  return damaged === 0 ? faults : [`${damaged} damaged`, ...faults];
}

/** Two snapshots that share some resources and not others. */
async function twoSnapshots(mount: string): Promise<readonly Uint8Array[]> {
  const snapshots: Uint8Array[] = [];
  const options = { root: join(mount, "source"), durability: "process" } as const;
  await using source = await createFsBackend(options);
  for (const step of [0, 1]) {
    for (let i = 0; i < 60; i++)
      await source.apply("yaml", podManifest(`pod-${i + 30 * step}`, `${step}`));
    snapshots.push(await source.snapshot());
    for (let i = 0; i < 30; i++) await source.delete(podRef(`pod-${i}`)).catch(() => {});
  }
  return snapshots;
}

describe.each(["ext4", "xfs"] as const)("power loss on %s", slow, (kind) => {
  test.for<[string, Partial<FsBackendOptions>, number]>([
    ["keeps every acknowledged apply and delete", {}, 0],
    ["keeps every apply and delete that the journal acknowledged", { journal: true }, 0],
    [
      "keeps what the journal acknowledged when power goes again amid its replay",
      { journal: true },
      2,
    ],
  ])("%s", async ([, options, openings], { skip, annotate }) => {
    const mount = await mountFilesystem(kind, skip);
    const load = new ClientLoad();
    for (let round = 0; round < rounds; round++)
      expect(
        await loseOnce(mount, load, options, openings),
        `round ${round}, SEED=${seed}`,
      ).toEqual([]);
    expect(load.acknowledged).toBeGreaterThan(0);
    await annotate(`${rounds} rounds, ${load.acknowledged} acknowledged writes, none lost or torn`);
  });

  test("leaves the old state or the new one of a restore", async ({ skip, annotate }) => {
    const mount = await mountFilesystem(kind, skip);
    const load = new RestoreLoad(await twoSnapshots(mount));
    for (let round = 0; round < rounds; round++)
      expect(await loseOnce(mount, load, {}), `round ${round}, SEED=${seed}`).toEqual([]);
    await annotate(`${rounds} rounds, ${load.acknowledged} restores, each whole or not at all`);
  });

  test("takes what was never synced, so that these tests find what they look for", async ({
    skip,
  }) => {
    const mount = await mountFilesystem(kind, skip);
    const root = join(mount, "store");
    const backend = await createFsBackend({ root, durability: "process" });
    for (let i = 0; i < 20; i++) await backend.apply("yaml", podManifest(`pod-${i}`));
    const before = await stateOf(backend);
    await cutPower(mount);
    await backend.close();
    await restorePower(mount);
    const again = await createFsBackend({ root, durability: "process" });
    expect(await stateOf(again).catch(String)).not.toBe(before);
    await again.close();
  });
});
