/** The place that an error names costs no more memory than the text. */

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { readJson } from "../../src/adapters/index.ts";
import { decodeText, placeOf } from "../../src/adapters/manifest-text.ts";

test("columns are counted in characters, from 1, on the line of the offset", () => {
  const text = "first\n😀é x\nlast";
  expect(placeOf(text, text.indexOf("x"))).toBe("line 2, column 4");
  expect(placeOf(text, text.indexOf("é"))).toBe("line 2, column 2");
  expect(placeOf(text, 0)).toBe("line 1, column 1");
  expect(placeOf(text, text.length)).toBe("line 3, column 5");
});

test("the first byte that is not UTF-8 is found wherever it stands", () => {
  for (const character of ["a", "é", "€", "😀"]) {
    const size = Buffer.byteLength(character);
    for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072, 150_000]) {
      const count = Math.ceil(length / size);
      for (const wrong of [[0xff], [0x80], [0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x98, 0xff]]) {
        const body = Buffer.concat([Buffer.from(character.repeat(count)), Buffer.from(wrong)]);
        expect(() => decodeText(body)).toThrow(
          `line 1, column ${count + 1}: the body is not valid`,
        );
      }
    }
  }
});

test("a string of 20 million characters beyond Latin-1 is read", () => {
  const text = "\u20ac".repeat(20_000_000);
  expect(readJson(Buffer.from(`"${text}"`)) === text).toBe(true);
});

test("an error at the end of one long line of 60 MB is told in a heap of 200 MB", () => {
  const module = new URL("../../src/adapters/index.ts", import.meta.url).href;
  const code = `
    import { readJson } from ${JSON.stringify(module)};
    try { readJson(new Uint8Array(60_000_000).fill(0x20)); } catch ({ message }) { console.log(message); }`;
  const { stdout } = spawnSync(
    process.execPath,
    [
      ...["--conditions=@engenho/source", "--max-old-space-size=200"],
      ...["--input-type=module", "--eval", code],
    ],
    { encoding: "utf8" },
  );
  expect(stdout.trim()).toBe("[invalid_manifest] line 1, column 60000001: the text ends too early");
});
