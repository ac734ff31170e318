/** Which server is taken: the first source in order that has one new enough. */

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findServer, ServerMissingError, serverForTests } from "@engenho/testbed";
import { describe, expect, test, vi } from "vitest";
import { withGo } from "../src/servers/go-build.ts";
import { runProgram } from "../src/servers/run-program.ts";
import { isOlder } from "../src/servers/version.ts";
import { makeDirectory, toolKind, writeTool } from "./support.ts";

const builds = 'package main\n\nfunc main() { println("tool version 2.2.0") }\n';
const failsToBuild = "package main\n\nfunc main() { nonsense }\n";

const { code: goRuns } = await runProgram("go", ["version"], { env: withGo(process.env) });
if (goRuns !== 0 && process.env["CI"] === "true") throw new Error("CI has no Go");

/** This process's environment, with an empty cache and these variables. */
function environment(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ENGENHO_TESTBED_CACHE: join(makeDirectory(), "cache"), ...variables };
}

/** PATH with only a tool of this version on it. */
function pathWith(version: string): { readonly PATH: string } {
  const directory = makeDirectory();
  writeTool(directory, version);
  return { PATH: directory };
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable("it was found"),
    (error: unknown) => error,
  );

describe.skipIf(goRuns !== 0)("with Go", () => {
  test("it is built once, however many want it, and comes from the cache afterwards", async () => {
    const kind = toolKind(builds);
    const variables = environment();
    const found = await Promise.all(
      [1, 2, 3].map(() => findServer(kind, { environment: variables })),
    );
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    expect(found[0]).toMatchObject({ name: "tool", version: "2.2.0" });
    expect(found.filter(({ source }) => source === "a Go build").length).toBeGreaterThan(0);
    const again = await findServer(kind, { environment: variables, make: false });
    expect(again).toEqual({ ...found[0], source: "the cache" });
    expect(readdirSync(join(again.path, "..")).toSorted()).toEqual(["lock", "tool"]);
  });

  test("a build goes before PATH, and other pins are another build", async () => {
    const variables = environment();
    variables["PATH"] = `${pathWith("9.0.0").PATH}:${variables["PATH"]}`;
    const first = await findServer(toolKind(builds), { environment: variables });
    expect(first.source).toBe("a Go build");
    const repinned = toolKind(builds);
    const pins = new URL("go.mod", repinned.go.directory);
    writeFileSync(pins, "module engenho.example/tool\n\ngo 1.22\n");
    expect((await findServer(repinned, { environment: variables })).path).not.toBe(first.path);
  });

  test("a build that fails leaves nothing, and PATH has its turn", async () => {
    const variables = environment();
    const { PATH } = pathWith("2.1.0");
    variables["PATH"] = `${PATH}:${variables["PATH"]}`;
    const found = await findServer(toolKind(failsToBuild), { environment: variables });
    expect(found).toMatchObject({ source: "PATH", path: join(PATH, "tool"), version: "2.1.0" });
    const [place = ""] = readdirSync(variables["ENGENHO_TESTBED_CACHE"] ?? "");
    const cache = join(variables["ENGENHO_TESTBED_CACHE"] ?? "", place);
    expect(readdirSync(cache)).toEqual(["lock"]);
  });
});

test("what the variable names is taken before all others", async () => {
  const path = writeTool(makeDirectory(), "3.0.0");
  const variables = environment({ ENGENHO_TOOL: path });
  const found = await findServer(toolKind(builds), { environment: variables });
  expect(found).toEqual({ name: "tool", path, version: "3.0.0", source: "ENGENHO_TOOL" });
});

test("what the variable names is taken or nothing is", async () => {
  const kind = toolKind(builds);
  const old = writeTool(makeDirectory(), "2.0.9");
  for (const named of [old, "/no/such/tool", "path"]) {
    const variables = environment({ ENGENHO_TOOL: named });
    const error = await failure(findServer(kind, { environment: variables }));
    expect(error).toBeInstanceOf(ServerMissingError);
  }
  const variables = environment({ ENGENHO_TOOL: old });
  await expect(findServer(kind, { environment: variables })).rejects.toThrow("2.0.9, too old");
  const asked = { ...variables, ENGENHO_TOOL_MINIMUM: "2.0" };
  expect((await findServer(kind, { environment: asked })).version).toBe("2.0.9");
});

test("the variable can name a source", async () => {
  const variables = environment({ ENGENHO_TOOL: "path", ...pathWith("2.5.0") });
  expect((await findServer(toolKind(builds), { environment: variables })).source).toBe("PATH");
});

test("a server that is nowhere new enough is missing, with what each source said, in one line", async () => {
  const variables = environment(pathWith("1.9.0"));
  mkdirSync(join(variables["PATH"] ?? "", "directory"));
  const error = await failure(findServer(toolKind(builds), { environment: variables }));
  const { message } = error as Error;
  expect(message).toMatch(/^no tool of version 2\.1\.0 or later \(the cache: empty; a Go build: /);
  expect(message).toMatch(/PATH: \S+ is 1\.9\.0, too old; Debian's package: none\)/);
  expect(message).toContain("ENGENHO_TOOL");
  expect(message).not.toContain("\n");
});

test("tests without their server are skipped aloud, and fail in CI", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const kind = toolKind(builds);
  const variables = environment({ ENGENHO_TOOL: "/no/such/tool" });
  expect(await serverForTests(kind, { ...variables, CI: "" })).toBeUndefined();
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/SKIPPED what needs tool: no tool/));
  const inCi = serverForTests(kind, { ...variables, CI: "true" });
  await expect(inCi).rejects.toBeInstanceOf(ServerMissingError);
  const path = writeTool(makeDirectory(), "3.0.0");
  await serverForTests(kind, { ...variables, ENGENHO_TOOL: path });
  expect(warn).toHaveBeenLastCalledWith(`testbed: tool 3.0.0 from ENGENHO_TOOL (${path})`);
  warn.mockRestore();
});

test("a program that cannot be started holds nobody up", async () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  expect(await runProgram("/no/such/tool", [])).toMatchObject({ code: undefined });
  expect(timers()).toBeLessThanOrEqual(before);
});

test.each([
  { version: "3.5.12", minimum: "3.5.13", older: true },
  { version: "3.5.13", minimum: "3.5.13", older: false },
  { version: "3.10.0", minimum: "3.9.9", older: false },
  { version: "3.6.0-rc.1", minimum: "3.6", older: false },
  { version: "1:3.4.23-4+b4", minimum: "3.5.13", older: true },
  { version: "4", minimum: "3.5.13", older: false },
])("$version is older than $minimum: $older", ({ version, minimum, older }) => {
  expect(isOlder(version, minimum)).toBe(older);
});
