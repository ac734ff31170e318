/** One handle per root, whatever happens to the process that had it. */

import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startChild } from "./child-process.ts";
import { failureOf, makeDirectory, open, podManifest, podRef } from "./support.ts";

const slow = { timeout: 120_000 };

describe("the lock", () => {
  test("two handles of one process exclude each other until the first is closed", async () => {
    const root = makeDirectory();
    const first = await open(root);
    const failure = await failureOf(open(root));
    expect(failure).toMatchObject({
      code: "locked",
      verb: "open",
      backend: "filesystem",
      retryable: true,
    });
    const holder = `this process (${process.pid}), by another handle`;
    expect(failure.reason).toBe(`the store ${root} is open in ${holder}`);
    await first.apply("yaml", podManifest("nginx"));
    await first.close();
    await first.close();
    expect((await open(root)).resourceCount()).toBe(1);
  });

  test("another process is named, and not taken for this one where it has the same number", async () => {
    const root = makeDirectory();
    const child = startChild("hold", root);
    expect(await child.nextLine()).toBe("open");
    const holder = readFileSync(join(root, "_lock"), "utf8").trim();
    expect((await failureOf(open(root))).reason).toBe(
      `the store ${root} is open in process ${holder}`,
    );
    writeFileSync(join(root, "_lock"), `${process.pid}\n`);
    expect((await failureOf(open(root))).reason).toContain(
      "is open in another thread or container",
    );
    await child.end("kill -9");
    await (await open(root)).close();
    await open(root);
  });

  test("the same root by another name is the same root", async () => {
    const directory = makeDirectory();
    await open(join(directory, "store"));
    symlinkSync("store", join(directory, "link"));
    expect((await failureOf(open(join(directory, "link")))).code).toBe("locked");
  });

  test("of two processes racing for a root, 200 times, exactly one wins", slow, async () => {
    const directory = makeDirectory();
    const children = [startChild("race", directory), startChild("race", directory)];
    const hear = (): Promise<unknown[]> => Promise.all(children.map((child) => child.nextLine()));
    expect(await hear()).toEqual(["ready", "ready"]);
    const wins: unknown[] = [];
    for (let round = 0; round < 200; round++) {
      const name = round % 2 === 0 ? `new-${round}` : "old";
      for (const child of children) child.say(name);
      const said = await hear();
      expect(new Set(said), `round ${round}`).toEqual(new Set(["locked", "open"]));
      wins.push(said.indexOf("open"));
      for (const child of children) child.say("close");
      expect(await hear()).toEqual(["closed", "closed"]);
    }
    expect(wins).toHaveLength(200);
  });

  test.each(["moved away", "removed"])(
    "a lock file that is %s while the store is open lets nobody in",
    async (how) => {
      const root = makeDirectory();
      const first = await open(root);
      await first.apply("yaml", podManifest("before"));
      if (how === "removed") rmSync(join(root, "_lock"));
      else renameSync(join(root, "_lock"), join(root, "_moved"));
      for (let attempt = 0; attempt < 3; attempt++) {
        const failure = await failureOf(open(root));
        expect(failure).toMatchObject({ code: "locked", outcome: "none" });
        expect(failure.reason).toContain("_lock was moved away");
      }
      const other = startChild("hold", root);
      expect(await other.nextLine()).toBe("locked");
      await first.apply("yaml", podManifest("after"));
      await first.close();
      expect((await open(root)).resourceCount()).toBe(2);
    },
  );

  test("a process that is killed with the lock leaves the root free", slow, async () => {
    const root = makeDirectory();
    const child = startChild("hold", root);
    expect(await child.nextLine()).toBe("open");
    expect((await failureOf(open(root))).code).toBe("locked");
    await child.end("kill -9");
    await open(root);
  });

  test("a lock file that is a symbolic link is refused, its target untouched", async () => {
    const root = makeDirectory();
    const target = join(makeDirectory(), "target");
    writeFileSync(target, "mine");
    symlinkSync(target, join(root, "_lock"));
    expect(await failureOf(open(root))).toMatchObject({ code: "conflict" });
    expect(readFileSync(target, "utf8")).toBe("mine");
  });

  test("a file of that name with something else in it keeps its content", async () => {
    const root = makeDirectory();
    writeFileSync(join(root, "_lock"), "notes of mine\n");
    await open(root);
    expect(readFileSync(join(root, "_lock"), "utf8")).toBe("notes of mine\n");
  });

  test("an open that fails after taking the lock gives it back", async () => {
    const root = makeDirectory();
    writeFileSync(join(root, "_meta.json"), "broken");
    expect((await failureOf(open(root))).code).toBe("corrupt");
    renameSync(join(root, "_meta.json"), join(root, "moved"));
    await open(root);
  });
});

test("every write acknowledged by a process that is killed is there", slow, async () => {
  for (let round = 0; round < 5; round++) {
    const root = makeDirectory();
    const child = startChild("write", root);
    expect(await child.nextLine()).toBe("open");
    const acknowledged = new Map<string, number>();
    const note = (line: string | undefined): void => {
      const [name = "", count = ""] = line?.split(" ") ?? [];
      acknowledged.set(name, Number(count));
    };
    for (let line = 0; line < 40 + 17 * round; line++) note(await child.nextLine());
    const ended = child.end("kill -9");
    for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) {
      if (/^[abc] \d+$/.test(line)) note(line);
    }
    await ended;
    const backend = await open(root);
    expect(acknowledged.size).toBe(3);
    for (const [name, count] of acknowledged) {
      const { body } = await backend.get(podRef(name), "yaml");
      const candidates = [podManifest(name, String(count)), podManifest(name, String(count + 1))];
      expect(candidates.map((candidate) => Buffer.from(candidate).toString())).toContain(
        Buffer.from(body).toString(),
      );
    }
    await backend.close();
  }
});
