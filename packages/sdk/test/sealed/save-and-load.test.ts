/** Catalogs on a real disk: saved, loaded, in the way of each other, and cut short. */

import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CatalogSnapshot } from "@engenho/sdk/sealed";
import { describe, expect, onTestFinished, test } from "vitest";
import { failureOf, kindOf, makeDirectory } from "./support.ts";

const snapshot = new CatalogSnapshot({ pods: ["p1", "p2"] }, 7n);
const child = fileURLToPath(new URL("./saving-child.ts", import.meta.url));
const fileMode = (path: string): number => statSync(path).mode & 0o777;

test("what was saved is loaded, and is the file that encode gives", async () => {
  const path = join(makeDirectory(), "catalog.snap");
  await snapshot.saveTo(path);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
  expect(new Uint8Array(readFileSync(path))).toEqual(snapshot.encode());
});

test("a save leaves one file, whatever was there", async () => {
  const directory = makeDirectory();
  const path = join(directory, "catalog.snap");
  await new CatalogSnapshot({ old: "x".repeat(10_000) }, 6n).saveTo(path);
  await snapshot.saveTo(path);
  expect(readdirSync(directory)).toEqual(["catalog.snap"]);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
});

test("missing directories are made", async () => {
  const path = join(makeDirectory(), "sub/dir/catalog.snap");
  await snapshot.saveTo(path);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
});

test("a name as long as names can be", async () => {
  const path = join(makeDirectory(), "n".repeat(255));
  await snapshot.saveTo(path);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
});

test("a catalog that cannot be encoded touches nothing", async () => {
  const directory = makeDirectory();
  const path = join(directory, "catalog.snap");
  await snapshot.saveTo(path);
  const broken = new CatalogSnapshot({ pods: [Number.NaN] }, 8n);
  const failure = await failureOf(() => broken.saveTo(path));
  expect(failure).toMatchObject({ kind: "encode", path });
  expect(failure.message).toContain(`${path}: catalog.pods[0]`);
  expect(await kindOf(() => broken.saveTo(join(directory, "new/catalog.snap")))).toBe("encode");
  expect(readdirSync(directory)).toEqual(["catalog.snap"]);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
});

test("a new file is its owner's alone; one that is replaced keeps its permissions", async () => {
  const path = join(makeDirectory(), "catalog.snap");
  await snapshot.saveTo(path);
  expect(fileMode(path)).toBe(0o600);
  chmodSync(path, 0o664);
  await snapshot.saveTo(path);
  expect(fileMode(path)).toBe(0o664);
});

test("a symbolic link is replaced; what it leads to is not touched", async () => {
  const directory = makeDirectory();
  const [path, other] = [join(directory, "catalog.snap"), join(directory, "other")];
  writeFileSync(other, "other");
  symlinkSync(other, path);
  expect(await kindOf(() => CatalogSnapshot.loadFrom(path))).toBe("bad_magic"); // a load follows it
  await snapshot.saveTo(path);
  expect(() => readlinkSync(path)).toThrow("EINVAL");
  expect(readFileSync(other, "utf8")).toBe("other");
});

describe("a path that is no place for a file", () => {
  test("nothing there", async () => {
    const path = join(makeDirectory(), "missing.snap");
    const failure = await failureOf(() => CatalogSnapshot.loadFrom(path));
    expect(failure.message).toBe(
      `[io] ${path}: cannot read it: no such file or directory (ENOENT)`,
    );
    expect(failure).toMatchObject({ kind: "io", path, cause: { code: "ENOENT" } });
  });

  test("a directory", async () => {
    const directory = makeDirectory();
    const path = join(directory, "catalog.snap");
    mkdirSync(path);
    expect((await failureOf(() => snapshot.saveTo(path))).message).toContain("(EISDIR)");
    expect((await failureOf(() => CatalogSnapshot.loadFrom(path))).message).toContain("not a file");
    expect(readdirSync(directory)).toEqual(["catalog.snap"]);
  });

  test.each(["/proc/engenho/catalog.snap", "/dev/null/catalog.snap", "/tmp/a\0b"])(
    "%j",
    async (path) => {
      expect(await kindOf(() => CatalogSnapshot.loadFrom(path))).toBe("io");
      expect(await kindOf(() => snapshot.saveTo(path))).toBe("io");
    },
  );

  test("a device without end, and a pipe that nobody writes to", async () => {
    const pipe = join(makeDirectory(), "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of ["/dev/zero", pipe]) {
      const failure = await failureOf(() => CatalogSnapshot.loadFrom(path));
      expect(failure.message).toBe(`[io] ${path}: cannot read it: it is not a file`);
    }
  });

  test("no path at all is a TypeError", async () => {
    for (const path of ["", undefined, 3]) {
      await expect(snapshot.saveTo(path as never)).rejects.toThrow(TypeError);
      await expect(CatalogSnapshot.loadFrom(path as never)).rejects.toThrow(TypeError);
    }
  });
});

test("many saves at once leave one of them whole, and nothing else", async () => {
  const directory = makeDirectory();
  const path = join(directory, "new/catalog.snap");
  const saves = Array.from({ length: 20 }, (_, at) =>
    new CatalogSnapshot({ at, filling: "x".repeat(at * 1_000) }, BigInt(at)).saveTo(path),
  );
  await Promise.all(saves);
  const { catalog, lastAppliedIndex } = await CatalogSnapshot.loadFrom<{ at: number }>(path);
  expect(BigInt(catalog.at)).toBe(lastAppliedIndex);
  expect(readdirSync(join(directory, "new"))).toEqual(["catalog.snap"]);
});

test("kill -9 in the middle of saving leaves an acknowledged save or a later one", async () => {
  for (const saves of [1, 3, 10]) {
    const path = join(makeDirectory(), "catalog.snap");
    const acknowledged = await killAfter(saves, path);
    const { catalog, lastAppliedIndex } = await CatalogSnapshot.loadFrom<{ index: number }>(path);
    expect(BigInt(catalog.index)).toBe(lastAppliedIndex);
    expect(lastAppliedIndex).toBeGreaterThanOrEqual(acknowledged);
  }
});

test("a directory that the user may not write to: io, and the old file stays", async () => {
  const user = process.getuid?.() === 0 ? 65_534 : undefined; // root may write anywhere
  const directory = makeDirectory();
  const path = join(directory, "catalog.snap");
  await snapshot.saveTo(path);
  if (user !== undefined) for (const owned of [directory, path]) chownSync(owned, user, user);
  chmodSync(directory, 0o500);
  const { code, errors } = await run(path, user);
  expect(code).toBe(1);
  expect(errors).toContain(`[io] ${path}: cannot replace it: permission denied (EACCES)`);
  expect(readdirSync(directory)).toEqual(["catalog.snap"]);
  expect(await CatalogSnapshot.loadFrom(path)).toEqual(snapshot);
});

/** Starts a child that saves without end. */
function startSaving(path: string, user: number | undefined) {
  const started = spawn(process.execPath, ["--conditions=@engenho/source", child, path], {
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  onTestFinished(() => void started.kill("SIGKILL"));
  return started;
}

/** Kills a child after so many saves; gives the index of the last one that it acknowledged. */
async function killAfter(saves: number, path: string): Promise<bigint> {
  const saving = startSaving(path, undefined);
  let last = 0n;
  for await (const line of createInterface({ input: saving.stdout })) {
    last = BigInt(line);
    if (last >= saves) saving.kill("SIGKILL");
  }
  expect(existsSync(path)).toBe(true);
  return last;
}

/** Lets a child save until it fails. */
async function run(path: string, user: number | undefined) {
  const saving = startSaving(path, user);
  let errors = "";
  saving.stderr.on("data", (data) => (errors += String(data)));
  const code = await new Promise<number | null>((resolve) => void saving.once("close", resolve));
  return { code, errors };
}
