/** The packed packages as the ecosystem's own linters see them. */

import { describe, expect, inject, test } from "vitest";
import { runCommand } from "../run-command.ts";

describe.each(inject("packedPackages"))("$name", ({ tarball, contents }) => {
  test("publint finds nothing, not even a suggestion", async () => {
    const { code, output } = await runCommand("publint", ["run", tarball, "--strict"], contents);
    expect(code, output).toBe(0);
    expect(output).toContain("All good!");
  });

  test("attw finds every entry point's types, for ESM users", async () => {
    const args = [tarball, "--profile", "esm-only", "--no-definitely-typed", "--format", "ascii"];
    const { code, output } = await runCommand("attw", args, contents);
    expect(code, output).toBe(0);
  });
});
