/** Texts that would become something else where somebody forgets to escape them. */

import fc from "fast-check";

const attacks = [
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "</title></style><h1>big</h1>",
  "]]><evil/><![CDATA[",
  "<!-- --><?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
  "&amp;&lt;&#60;&nbsp;",
  "a\0b\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{9f}",
  "\u{d800}half",
  "half\u{dc00}",
  "\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}",
  "\u{202e}gnisrever\u{2066}\u{200f}",
  "two\nlines\r\nand\ta tab",
  "  blanks  ",
  " ",
  "| a | b |",
  "\\| \\` \\\\",
  "`code` ``more`` `",
  "](javascript:alert(1)) [a](https://example.com) ![b](x)",
  "https://example.com www.example.com me@example.com @somebody #1",
  "**bold** _it_ ~~gone~~ # head\n\n- item\n\n---\n\n    block\n\n```\nfence",
  "$& $1 ${x}",
  "\u{feff}mark\u{2028}line",
  "𐀀 é ☃",
];

/** One of them, any string at all, or several in a row; never empty. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...attacks),
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        maxLength: 6,
      }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");

/** Every attack by itself, for those that have but one try. */
export const hostileTexts: readonly string[] = attacks;
