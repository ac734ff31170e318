/** Random manifest values, rich in what formats stumble over. */

import * as fc from "fast-check";
import { DecimalNumber, type ManifestValue } from "../../src/adapters/index.ts";

/** Text that some reader could take for something else, one group a line, separated by two spaces. */
const awkwardWords = `
~  null  Null  true  True  yes  No  on  OFF  y  N  =  <<
0  -0  007  0o7  0x1F  0b11  1_000  1e5  1.  .5  +1  -.inf  .NaN  1:30  190:20:30.15  12e03
2001-12-14  2001-12-14t21:59:43.10-05:00  2001-12-14 21:59:43
-  - a  -a  --port=80  ---  --- a  ...  ?  ? a  :  : a  a:  a: b  a #b  #a
&a  *a  !a  |  >  %a  @a  \`a  'a  "a  {}  []  a, b  a]  {{ x }}
é  日本語  😀  👩‍🚀  __proto__  constructor`;

/** Text that some reader could take for something else. */
export const awkwardTexts: readonly string[] = [
  ...awkwardWords.trim().split(/ {2}|\n/),
  ...["", " ", "\n", "\n\n", " \n", "a\n", "a\nb", "\na", " a\nb", "a\n\n", "a\n \n", "a \n b"],
  ...[
    "\ta\n\tb",
    "a\n\tb",
    "a\r\nb\r\n",
    "a\rb",
    "a\tb",
    "  first\nsecond\n",
    "a\n\n\n  b\n",
    "e\u0301",
  ],
  ...["\u0000", "\u001b[0m", "\u007f", "\u0085", "\u00a0", "a\u2028b", "\ufeff", "\uffff"],
  "#!/bin/sh\nset -e\n",
  "%a\n---\n...\n",
  "x".repeat(1200),
  "k: ".repeat(400),
];

/** Any well-formed text. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...awkwardTexts),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        "a",
        " ",
        "\n",
        "\t",
        ":",
        "#",
        "-",
        "'",
        '"',
        "\\",
        "|",
        "0",
        ".",
        "é",
        ",",
        "\r",
      ),
    )
    .map((characters) => characters.join("")),
  fc.array(fc.constantFrom(...awkwardTexts), { maxLength: 4 }).map((pieces) => pieces.join("")),
);

const digits = fc.stringMatching(/^[0-9]{1,40}$/);

/** Any number in JSON's grammar, with far more digits than a double has. */
const number: fc.Arbitrary<DecimalNumber> = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.stringMatching(/^(?:0|[1-9][0-9]{0,40})$/),
    fc.option(digits, { nil: undefined }),
    fc.option(fc.stringMatching(/^[eE][-+]?[0-9]{1,4}$/), { nil: "" }),
  )
  .map(([sign, whole, fraction, exponent]) => {
    const decimals = fraction === undefined ? "" : `.${fraction}`;
    return new DecimalNumber(`${sign}${whole}${decimals}${exponent}`);
  });

/** Any value, nested a few levels. */
export const value: fc.Arbitrary<ManifestValue> = fc.letrec<{ value: ManifestValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "small", withCrossShrink: true },
    fc.oneof(text, number, fc.constantFrom(null, true, false)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
})).value;

/** A value as nested objects without prototypes, to compare with what other readers make of it. */
export function toPlain(manifest: ManifestValue): unknown {
  if (manifest instanceof DecimalNumber) return Number(manifest.text);
  if (manifest instanceof Map) {
    const entries = [...(manifest as ReadonlyMap<string, ManifestValue>)];
    return new Map(entries.map(([key, item]) => [key, toPlain(item)]));
  }
  if (manifest === null || typeof manifest !== "object") return manifest;
  return (manifest as readonly ManifestValue[]).map(toPlain);
}

/** What a reader made of a body, likewise. */
export function fromPlain(parsed: unknown): unknown {
  if (Array.isArray(parsed)) return parsed.map(fromPlain);
  if (parsed === null || typeof parsed !== "object") return parsed;
  return new Map(Object.entries(parsed).map(([key, item]) => [key, fromPlain(item)]));
}

export const encode = (source: string): Uint8Array => new TextEncoder().encode(source);
export const decode = (body: Uint8Array): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
