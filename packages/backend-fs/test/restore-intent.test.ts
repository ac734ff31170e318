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
import { ObservedOperations } from "./observed-operations.ts";
import { failureOf, makeDirectory, open, openOver, podManifest, podRef } from "./support.ts";

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
