/** What an earlier opening left that was not durable: what is said of it survives a loss of power. */

import { existsSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { encodeEnvelope, type StoreBackend } from "@engenho/sdk";
import { describe, expect, test, vi } from "vitest";
import { openFsReadOnly } from "../src/index.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { DiskWithDeaths } from "./disk-with-deaths.ts";
import { ObservedOperations } from "./observed-operations.ts";
import {
  diskOver,
  failureOf,
  makeDirectory,
  open,
  openOver,
  podManifest,
  podRef,
} from "./support.ts";

const slow = { timeout: 240_000 };
/** How many losses of power are acted out at each place. */
const losses = 2;

async function textsOf(backend: StoreBackend): Promise<string> {
  const { items } = await backend.list("Pod", undefined, "yaml");
  return items.map(({ body }) => new TextDecoder().decode(body)).join("");
}

function textsOfAll(...pods: readonly (readonly [name: string, note: string])[]): string {
  return pods.map(([name, note]) => new TextDecoder().decode(podManifest(name, note))).join("");
}

/** What the roots hold that a loss of power can leave now. */
async function survivorsOf(disk: DiskWithDeaths): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let seed = 0; seed < 16; seed++) {
    const survivor = await openFsReadOnly({ root: disk.losePower(seed) });
    found.add(await textsOf(survivor));
    await survivor.close();
  }
  return found;
}

describe("an apply that changes nothing makes durable", () => {
  test("what was renamed and not yet fsynced in its directory", slow, async () => {
    const disk = new DiskWithDeaths();
    await disk.during((backend) => backend.apply("yaml", podManifest("a", "1")));
    await disk.during(async (backend, arm) => {
      arm({ at: "rename", die: true, isDone: true });
      await backend.apply("yaml", podManifest("a", "2"));
    });
    const backend = await disk.open();
    const { operation } = await backend.apply("yaml", podManifest("a", "2"));
    expect(operation).toBe("unchanged");
    expect(await survivorsOf(disk)).toEqual(new Set([textsOfAll(["a", "2"])]));
  });

  test("what was written in a root that was open with less durability", slow, async () => {
    const disk = new DiskWithDeaths();
    await disk.during(async () => {});
    const before = await disk.open({ durability: "process" });
    for (const name of ["a", "b", "c"]) await before.apply("yaml", podManifest(name, "1"));
    await before.close();
    const backend = await disk.open();
    for (const name of ["a", "b", "c"]) {
      const { operation } = await backend.apply("yaml", podManifest(name, "1"));
      expect(operation).toBe("unchanged");
    }
    const all = textsOfAll(["a", "1"], ["b", "1"], ["c", "1"]);
    expect(await survivorsOf(disk)).toEqual(new Set([all]));
  });

  test("what somebody else has written meanwhile, where others write", slow, async () => {
    const disk = new DiskWithDeaths();
    const backend = await disk.open({ externalWrites: true });
    await backend.apply("yaml", podManifest("there", "1"));
    const payload = podManifest("a", "1");
    const envelope = encodeEnvelope({ ref: podRef("a"), format: "yaml", payload });
    await disk.write("Pod/default/a.envelope", envelope);
    await vi.waitFor(() => expect(backend.resourceCount()).toBe(2), { timeout: 60_000 });
    expect((await backend.apply("yaml", payload)).operation).toBe("unchanged");
    expect(await survivorsOf(disk)).toEqual(new Set([textsOfAll(["a", "1"], ["there", "1"])]));
  });
});

test(
  "what an earlier opening has removed does not come back once it was missed",
  slow,
  async () => {
    const disk = new DiskWithDeaths();
    await disk.during((backend) => backend.apply("yaml", podManifest("a", "1")));
    await disk.during(async (backend, arm) => {
      arm({ at: "unlink", die: true, isDone: true });
      await backend.delete(podRef("a"));
    });
    const backend = await disk.open();
    expect((await failureOf(backend.delete(podRef("a")))).code).toBe("not_found");
    expect(await survivorsOf(disk)).toEqual(new Set([""]));
  },
);

test("what an earlier opening has renamed stays once it was read", slow, async () => {
  const disk = new DiskWithDeaths();
  await disk.during((backend) => backend.apply("yaml", podManifest("a", "1")));
  await disk.during(async (backend, arm) => {
    arm({ at: "rename", die: true, isDone: true });
    await backend.apply("yaml", podManifest("a", "2"));
  });
  const backend = await disk.open();
  expect(await textsOf(backend)).toBe(textsOfAll(["a", "2"]));
  expect(await survivorsOf(disk)).toEqual(new Set([textsOfAll(["a", "2"])]));
});

test(
  "a root that was made with less durability can be opened after a loss of power",
  slow,
  async () => {
    const disk = new DiskWithDeaths();
    await disk.open({ durability: "process" });
    for (let seed = 0; seed < 16; seed++) {
      const survivor = await open(disk.losePower(seed));
      expect(survivor.resourceCount()).toBe(0);
      await survivor.close();
    }
  },
);

describe("the open of a root", () => {
  test("fsyncs every directory that it lists, and none with less durability", async () => {
    const root = makeDirectory();
    const before = await open(root);
    await before.apply("yaml", podManifest("a"));
    await before.close();
    const observed = new ObservedOperations();
    const synced = (): readonly string[] =>
      observed.steps
        .filter(({ operation }) => operation === "sync")
        .map(({ path }) => relative(root, path));
    const backend = await openOver(root, observed.operations);
    expect(synced().toSorted()).toEqual(["", "Pod", "Pod/default"]);
    await backend.close();
    observed.arm();
    const disk = diskOver(observed.operations);
    await (await openFsBackend({ root, durability: "process" }, disk)).close();
    expect(synced()).toEqual([]);
  });

  test("fails if that fails, and passes over a directory that is gone by then", async () => {
    const root = makeDirectory();
    const before = await open(root);
    await before.apply("yaml", podManifest("a"));
    await before.close();
    const observed = new ObservedOperations();
    observed.arm({ at: "sync", errno: "EIO" });
    expect((await failureOf(openOver(root, observed.operations))).code).toBe("unavailable");
    observed.arm({ at: "openDirectory", errno: "ENOENT" });
    expect((await openOver(root, observed.operations)).resourceCount()).toBe(1);
  });
});

describe("an apply that changes nothing", () => {
  async function reopened(): Promise<{
    root: string;
    backend: StoreBackend;
    observed: ObservedOperations;
  }> {
    const root = makeDirectory();
    const before = await open(root);
    for (const name of ["a", "b"]) await before.apply("yaml", podManifest(name));
    await before.close();
    const observed = new ObservedOperations();
    return { root, backend: await openOver(root, observed.operations), observed };
  }

  test("fsyncs what was found, and the directories above it, once", async () => {
    const { root, backend, observed } = await reopened();
    const synced = (): readonly string[] =>
      observed.steps
        .filter(({ operation }) => operation === "sync")
        .map(({ path }) => relative(root, path));
    observed.arm();
    await backend.apply("yaml", podManifest("a"));
    expect(synced()).toEqual(["Pod/default/a.envelope", "Pod/default", "Pod", ""]);
    await backend.apply("yaml", podManifest("b", "new"));
    observed.arm();
    for (const [name, note] of [["a"], ["b", "new"]] as const)
      expect((await backend.apply("yaml", podManifest(name, note))).operation).toBe("unchanged");
    expect(synced()).toEqual([]);
  });

  test.each([
    ["file", false, "Pod/default/a.envelope"],
    ["directory", false, "Pod"],
    ["file", true, "Pod/default/a.envelope"],
    ["directory", true, "Pod"],
  ])("writes a %s again that others have removed (journal: %s)", async (_, journal, path) => {
    const root = makeDirectory();
    const before = await open(root);
    const { revision } = await before.apply("yaml", podManifest("a"));
    await before.close();
    const backend = await open(root, { journal });
    rmSync(join(root, path), { recursive: true });
    for (let times = 0; times < 2; times++) {
      const result = await backend.apply("yaml", podManifest("a"));
      expect(result).toMatchObject({ operation: "unchanged", revision });
    }
    await backend.close();
    expect((await (await open(root)).get(podRef("a"), "yaml")).revision).toBe(revision);
  });

  test("fails if a file that is gone cannot be written, and tries it again", async () => {
    const { root, backend, observed } = await reopened();
    rmSync(join(root, "Pod/default/a.envelope"));
    for (let times = 0; times < 2; times++) {
      observed.arm({ at: "create", errno: "ENOSPC" });
      const failure = await failureOf(backend.apply("yaml", podManifest("a")));
      expect(failure).toMatchObject({ code: "no_space", outcome: "none", ref: podRef("a") });
    }
    expect((await backend.apply("yaml", podManifest("a"))).operation).toBe("unchanged");
    expect(existsSync(join(root, "Pod/default/a.envelope"))).toBe(true);
  });

  test("ends the store if the fsync fails", async () => {
    const { backend, observed } = await reopened();
    observed.arm({ at: "sync", errno: "EIO" });
    const failure = await failureOf(backend.apply("yaml", podManifest("a")));
    expect(failure).toMatchObject({ code: "unavailable" });
    expect((await failureOf(backend.get(podRef("b"), "yaml"))).code).toBe("unavailable");
  });
});

test(
  "a restore that was decided is not undone by half, wherever the power goes while it is finished",
  slow,
  async () => {
    const source = await open(makeDirectory());
    for (const name of ["a", "c"]) await source.apply("yaml", podManifest(name, "new"));
    const snapshot = await source.snapshot();
    for (let step = 0, hasDied = true; hasDied; step++) {
      const disk = new DiskWithDeaths();
      await disk.during(async (backend) => {
        for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name, "old"));
      });
      await disk.during(async (backend, arm) => {
        arm({ at: "rename", die: true, isDone: true });
        await backend.restore(snapshot);
      });
      hasDied = await disk.during(async () => {}, { at: step, die: true });
      for (let seed = 0; seed < losses; seed++) {
        const survivor = await open(disk.losePower(seed));
        expect([
          textsOfAll(["a", "old"], ["b", "old"]),
          textsOfAll(["a", "new"], ["c", "new"]),
        ]).toContain(await textsOf(survivor));
        await survivor.close();
      }
    }
  },
);
