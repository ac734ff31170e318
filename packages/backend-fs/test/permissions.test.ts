/** Files and directories that this user may not read. Root may read everything, so root asks another user. */

import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { probeRoot } from "../src/cli/probe-root.ts";
import { startChild } from "./child-process.ts";
import { makeDirectory, open, podManifest } from "./support.ts";

/** `nobody`, where there is one. */
const otherUser = process.getuid?.() === 0 ? 65_534 : undefined;

/** A closed store with two Pods, owned by the user who is to read it. */
async function ownedStore(): Promise<string> {
  const root = makeDirectory();
  const backend = await open(root);
  for (const name of ["a", "b"]) await backend.apply("yaml", podManifest(name));
  await backend.close();
  if (otherUser === undefined) return root;
  chownSync(root, otherUser, otherUser);
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    chownSync(join(root, path), otherUser, otherUser);
  }
  return root;
}

/** What the other user's process says of the store, line by line. */
async function inspect(root: string): Promise<unknown> {
  const child = startChild("inspect", root, otherUser);
  const line = await child.nextLine();
  if (line === undefined) throw new Error(`a process of user ${otherUser} cannot run here`);
  return JSON.parse(line);
}

test("an unreadable file is damage, which a write repairs", async () => {
  const root = await ownedStore();
  chmodSync(join(root, "Pod/default/a.envelope"), 0);
  const reason = "cannot read it: permission denied (EACCES)";
  expect(await inspect(root)).toEqual({
    resources: 1,
    damaged: [{ where: join(root, "Pod/default/a.envelope"), reason }],
    get: "corrupt",
    list: "corrupt",
    listDefault: "corrupt",
    apply: "created",
    restore: "done",
  });
});

test("an unreadable directory is damage, which only a person can repair", async () => {
  const root = await ownedStore();
  chmodSync(join(root, "Pod/default"), 0o300);
  const reason = `cannot list ${join(root, "Pod/default")}: permission denied (EACCES)`;
  expect(await inspect(root)).toEqual({
    resources: 0,
    damaged: [{ where: join(root, "Pod/default"), reason }],
    get: "corrupt",
    list: "corrupt",
    listDefault: "corrupt",
    apply: "permission_denied",
    restore: "permission_denied",
  });
  expect(readdirSync(join(root, "Pod/default")).sort()).toEqual(["a.envelope", "b.envelope"]);
});

test.each(["ConfigMap", "ConfigMap/default", "Pod/other"])(
  "an unreadable directory %s hides nothing of other kinds and namespaces",
  async (directory) => {
    const root = await ownedStore();
    const owner = otherUser ?? process.getuid?.() ?? 0;
    mkdirSync(join(root, directory), { recursive: true });
    for (const path of [dirname(directory), directory]) chownSync(join(root, path), owner, owner);
    chmodSync(join(root, directory), 0);
    expect(await inspect(root)).toMatchObject({
      resources: 2,
      damaged: [{ where: join(root, directory) }],
      get: "done",
      list: directory === "Pod/other" ? "corrupt" : "done",
      listDefault: "done",
      apply: "replaced",
      restore: "permission_denied",
    });
  },
);

test("a directory that may not be written to refuses a restore before it is decided", async () => {
  const root = await ownedStore();
  chmodSync(join(root, "Pod/default"), 0o500);
  expect(await inspect(root)).toMatchObject({
    apply: "permission_denied",
    restore: "permission_denied",
  });
  expect(readdirSync(root)).not.toContain("_restore");
  chmodSync(join(root, "Pod/default"), 0o700);
  expect(await inspect(root)).toMatchObject({ resources: 2, apply: "replaced", restore: "done" });
});

test.runIf(otherUser !== undefined)(
  "a directory that root has probed can be opened by its owner",
  async () => {
    const root = makeDirectory();
    chownSync(root, otherUser ?? 0, otherUser ?? 0);
    await probeRoot(root);
    expect(statSync(join(root, "_lock"))).toMatchObject({ uid: otherUser, gid: otherUser });
    const child = startChild("hold", root, otherUser);
    expect(await child.nextLine()).toBe("open");
  },
);

test.runIf(otherUser !== undefined)("a lock file that is there keeps its owner", async () => {
  const root = makeDirectory();
  chownSync(root, otherUser ?? 0, otherUser ?? 0);
  writeFileSync(join(root, "_lock"), "");
  await probeRoot(root);
  expect(statSync(join(root, "_lock")).uid).toBe(0);
});

test("a journal that cannot be listed is what the system says of it", async () => {
  const root = await ownedStore();
  mkdirSync(join(root, "_journal"));
  const owner = otherUser ?? process.getuid?.() ?? 0;
  chownSync(join(root, "_journal"), owner, owner);
  chmodSync(join(root, "_journal"), 0);
  const child = startChild("hold", root, otherUser);
  expect(await child.nextLine()).toBe("permission_denied");
});
