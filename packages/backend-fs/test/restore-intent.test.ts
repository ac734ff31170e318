/** What open makes of a restore that was under way. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { encodeEnvelope } from "@engenho/sdk";
import { describe, expect, test } from "vitest";
import { fileOperations } from "../src/file-operations.ts";
import { ObservedOperations } from "./observed-operations.ts";
import {
  failureOf,
  makeDirectory,
  open,
  openOver,
  podManifest,
  podRef,
  stateOf,
} from "./support.ts";

/** A closed store with one resource, and a restore directory with one staged file. */
async function interruptedStore(intent?: string): Promise<string> {
  const root = makeDirectory();
  const backend = await open(root);
  await backend.apply("yaml", podManifest("old"));
  await backend.close();
  mkdirSync(join(root, "_restore"));
  const staged = encodeEnvelope({
    ref: podRef("new"),
    format: "yaml",
    payload: podManifest("new"),
  });
  writeFileSync(join(root, "_restore/0"), staged);
  if (intent !== undefined) writeFileSync(join(root, "_restore/intent.json"), intent);
  return root;
}

const put = ["Pod/default/new.envelope"];
const remove = ["Pod/default/old.envelope"];

describe("a restore under way", () => {
  test("that was not decided is cleared away", async () => {
    const root = await interruptedStore();
    const backend = await open(root);
    expect((await backend.list("Pod", undefined, "yaml")).items.map(({ ref }) => ref.name)).toEqual(
      ["old"],
    );
    expect(existsSync(join(root, "_restore"))).toBe(false);
  });

  test("that was decided is finished before anything is served", async () => {
    const root = await interruptedStore(JSON.stringify({ version: 1, put, remove }));
    const backend = await open(root);
    expect((await backend.list("Pod", undefined, "yaml")).items.map(({ ref }) => ref.name)).toEqual(
      ["new"],
    );
    expect(existsSync(join(root, "_restore"))).toBe(false);
  });

  test.each([
    ["is cut off", '{"version": 1, "put": ['],
    ["is of another version", JSON.stringify({ version: 2, put, remove })],
    ["is no object", "null"],
    ["leads out of the root", JSON.stringify({ version: 1, put: ["../../x.envelope"], remove })],
    [
      "leads out of the root by detour",
      JSON.stringify({ version: 1, put: ["Pod/../../x.envelope"], remove }),
    ],
    ["names an absolute path", JSON.stringify({ version: 1, put: ["/tmp/x.envelope"], remove })],
    [
      "removes a file that is no resource",
      JSON.stringify({ version: 1, put, remove: ["_meta.json"] }),
    ],
    ["removes what it puts", JSON.stringify({ version: 1, put, remove: put })],
    ["has a path that is no text", JSON.stringify({ version: 1, put: [1], remove })],
    [
      "misses a staged file",
      JSON.stringify({ version: 1, put: [...put, "Pod/default/lost.envelope"], remove }),
    ],
  ])("whose intent %s refuses to open and keeps everything", async (_what, intent) => {
    const root = await interruptedStore(intent);
    const failure = await failureOf(open(root));
    expect(failure.code).toBe("corrupt");
    expect(failure.message).toContain(join(root, "_restore"));
    expect(readFileSync(join(root, "_restore/intent.json"), "utf8")).toBe(intent);
    expect(existsSync(join(root, "Pod/default/old.envelope"))).toBe(true);
  });

  test("that was decided and is refused by the system says so, and what to do", async () => {
    const root = await interruptedStore(JSON.stringify({ version: 1, put, remove }));
    const observed = new ObservedOperations();
    observed.arm({ at: "rename", errno: "EACCES" });
    const failure = await failureOf(openOver(root, observed.operations));
    expect(failure).toMatchObject({ code: "permission_denied", verb: "open" });
    expect(failure.reason).toContain(join(root, "Pod/default/new.envelope"));
    expect(failure.reason).toContain(
      `a restore was decided (${join(root, "_restore/intent.json")}) and waits for this: mend it`,
    );
    expect((await open(root)).resourceCount()).toBe(1);
  });

  test("does not follow a symbolic link out of the root", async () => {
    const root = await interruptedStore(
      JSON.stringify({ version: 1, put: ["Link/default/new.envelope"], remove }),
    );
    const outside = makeDirectory();
    symlinkSync(outside, join(root, "Link"));
    expect((await failureOf(open(root))).code).toBe("conflict");
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe("a restore into a directory of another filesystem", () => {
  const secret = (name: string): Uint8Array =>
    new TextEncoder().encode(
      `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: default }\n`,
    );

  /** A store whose `Secret` is what a volume would be to it, and a snapshot of one with a Pod and a Secret. */
  async function storeOverVolume(lay: (root: string) => void, names: readonly string[]) {
    const source = await open(makeDirectory());
    await source.apply("yaml", podManifest("new"));
    for (const name of names) await source.apply("yaml", secret(name));
    const root = makeDirectory();
    lay(root);
    const volume = join(root, "Secret");
    const onVolume = (path: string): boolean => path === volume || path.startsWith(`${volume}/`);
    const backend = await openOver(root, {
      ...fileOperations,
      identify: async (path) =>
        (await fileOperations.identify(path))?.replace(/^\d+/, onVolume(path) ? "7" : "$&"),
    });
    await backend.apply("yaml", podManifest("old"));
    return { root, backend, snapshot: await source.snapshot() };
  }

  test.each([
    ["that is there", "Secret/default", ["new"]],
    ["that is yet to be made", "Secret", ["new"]],
    ["with files that are to be removed", "Secret/default", []],
  ])("%s is refused before it is decided", async (_, directory, names) => {
    const { root, backend, snapshot } = await storeOverVolume((at) => {
      mkdirSync(join(at, directory), { recursive: true });
      if (directory !== "Secret/default") return;
      const payload = secret("old");
      const ref = { kind: "Secret", name: "old", namespace: "default" };
      const envelope = encodeEnvelope({ ref, format: "yaml", payload });
      writeFileSync(join(at, "Secret/default/old.envelope"), envelope);
    }, names);
    const before = await stateOf(backend);
    const failure = await failureOf(backend.restore(snapshot));
    expect(failure).toMatchObject({ code: "unsupported", outcome: "none" });
    expect(failure.reason).toContain(`${join(root, "Secret/default")} is on another filesystem`);
    expect(await stateOf(backend)).toBe(before);
    expect(existsSync(join(root, "_restore"))).toBe(false);
  });
});
