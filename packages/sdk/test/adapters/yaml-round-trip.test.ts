/** What is written as YAML is read back as it was, by this reader and by others. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseLibrary } from "yaml";
import { readJson, readYaml, writeJson, writeYaml } from "../../src/adapters/index.ts";
import { awkwardTexts, decode, text, toPlain, value } from "./arbitrary-values.ts";

describe("writeYaml", () => {
  test("is undone by readYaml", () => {
    fc.assert(
      fc.property(value, (manifest) => {
        expect(readYaml(writeYaml(manifest))).toEqual(manifest);
      }),
      { numRuns: 1000 },
    );
  });

  test("keeps the order of keys", () => {
    const manifest = new Map([
      ["b", null],
      ["2", null],
      ["a", null],
      ["1", null],
    ]);
    expect([...(readYaml(writeYaml(manifest)) as Map<string, null>).keys()]).toEqual([
      "b",
      "2",
      "a",
      "1",
    ]);
  });

  test("translates JSON to YAML and back without loss", () => {
    fc.assert(
      fc.property(value, (manifest) => {
        const json = writeJson(manifest);
        expect(decode(writeJson(readYaml(writeYaml(readJson(json)))))).toBe(decode(json));
      }),
    );
  });

  test.each(["a", "'", '"'])("writes four million times %s behind another script", (character) => {
    const manifest = `中${character.repeat(4_200_000)}`;
    expect(readYaml(writeYaml(manifest)) === manifest).toBe(true);
  });

  test.each(["1.2", "1.1"] as const)(
    "writes what a YAML %s reader takes for the same strings",
    (version) => {
      const read = (manifest: Map<string, unknown>): unknown =>
        parseLibrary(decode(writeYaml(manifest as never)), {
          version,
          mapAsMap: true,
          logLevel: "error",
        });
      for (const awkward of awkwardTexts) {
        const manifest = new Map<string, unknown>([
          ["value", awkward],
          [awkward, ["a", [awkward]]],
        ]);
        expect(read(manifest)).toEqual(manifest);
      }
      fc.assert(
        fc.property(text, text, (key, item) => {
          const manifest = new Map<string, unknown>([
            [key, item],
            ["nested", [item, new Map([[key, item]])]],
          ]);
          expect(read(manifest)).toEqual(manifest);
        }),
        { numRuns: 1000 },
      );
    },
  );

  test("writes what the library's YAML 1.2 reads as the same value", () => {
    fc.assert(
      fc.property(value, (manifest) => {
        const parsed: unknown = parseLibrary(decode(writeYaml(manifest)), { mapAsMap: true });
        expect(parsed).toEqual(toPlain(manifest));
      }),
    );
  });
});
