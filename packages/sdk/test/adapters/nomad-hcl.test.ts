/** Nomad jobs: what their reference is, what is refused and where, and that nothing makes the walk fall over. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nomadHcl } from "../../src/adapters/index.ts";
import { arbitraryJob } from "./arbitrary-jobs.ts";
import { encode } from "./arbitrary-values.ts";
import { failure } from "./failure.ts";

const reference = (source: string): unknown => nomadHcl.reference(encode(source));
const inJob = (lines: string): string => `job "web" {\n${lines}\n}\n`;

test("a generated job is read as it was made, and its bytes stay as they are", () => {
  fc.assert(
    fc.property(arbitraryJob, ({ source, ref }) => {
      const body = encode(source);
      expect(nomadHcl.reference(body)).toEqual(ref);
      expect(body).toEqual(encode(source));
    }),
    { numRuns: 1000 },
  );
});

test("there is no translation", () => {
  expect([nomadHcl.parse, nomadHcl.print]).toEqual([undefined, undefined]);
});

describe("the reference", () => {
  test.each([
    ["label alone", 'job "web" {}', "web"],
    ["a label without quotes", "job web {}", "web"],
    ["a label with escapes", 'job "w\\u0065b \\"$${x}\\"" {}', 'web "${x}"'],
    ["a label as it is written, in no normal form", 'job "e\u0301" {}', "e\u0301"],
    ["an id before the label", inJob('id = "media/web"'), "media/web"],
    ["an id of null", inJob("id = null"), "web"],
    ["an id in normal form C", inJob('id = "e\u0301"'), "\u00e9"],
    [
      "an id that is too long for a reference, in no normal form",
      inJob(`id = "${"e\u0301".repeat(3_000)}"`),
      "e\u0301".repeat(3_000),
    ],
    ["a namespace", inJob('namespace = "shop"'), "web", "shop"],
    ["a namespace in normal form C", inJob('namespace = "e\\u0301"'), "web", "\u00e9"],
    ["an empty namespace, which is none", inJob('namespace = ""'), "web"],
    ["a namespace of null, which is none", inJob("namespace = null # default"), "web"],
    ["one line", 'job "web" { namespace = "shop" }', "web", "shop"],
    [
      "a namespace among comments",
      inJob('/* a */ namespace /* b */ = /*\n*/ "shop" // c'),
      "web",
      "shop",
    ],
    ["escaped sequences", inJob('namespace = "$${a}%%{b}$%"'), "web", "${a}%{b}$%"],
    ["a dollar before an escaped sequence", inJob('namespace = "$$${a}"'), "web", "$${a}"],
    [
      "nothing between the last brace and the end",
      'job "web" {\n  namespace = "shop"\n}',
      "web",
      "shop",
    ],
    ["CRLF", 'job "web" {\r\n  namespace = "shop"\r\n}\r\n', "web", "shop"],
    ["a byte order mark", '\ufeffjob "web" {}', "web"],
    ["an argument named job beside it", 'job = "no"\njob "web" {}', "web"],
    [
      "arguments and blocks that other systems read",
      'x "y" "z" {\n namespace = "no"\n}\njob "web" {}',
      "web",
    ],
    [
      "namespaces of other blocks",
      inJob('vault {\n namespace = "no"\n}\nconsul { namespace = "no" }'),
      "web",
    ],
    ["a namespace in an object", inJob('a = {\n namespace = "no"\n}'), "web"],
    [
      "a namespace in a heredoc",
      inJob('a = <<E\nnamespace = "no"\n}\nE\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "a marker in the middle of a heredoc's line",
      inJob('a = <<E\nx E\n${1}E\nE\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "a heredoc in a heredoc's interpolation",
      inJob('a = <<E\n${<<E\n}\nE\n}\nE\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "a carriage return between a dollar and a heredoc's line break",
      inJob('a = <<E\n$\r\r\n%\r\r\nE\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "an indented heredoc's marker",
      inJob('a = <<-E-F\n  x\n \t\u00a0E-F \nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "a string in an interpolation in a string",
      inJob('a = "${"}${"\\"}"}"}"\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "strip markers",
      inJob('a = "${~ 1 ~}%{~ if true ~}}%{~ endif ~}"\nnamespace = "shop"'),
      "web",
      "shop",
    ],
    [
      "lines in brackets",
      inJob('a = (\n1\n)\nb = [\n"]" # ]\n]\nnamespace = "shop"'),
      "web",
      "shop",
    ],
  ])("%s", (_, source, name, namespace?: string) => {
    const expected = { kind: "Job", name };
    expect(reference(source)).toEqual(
      namespace === undefined ? expected : { ...expected, namespace },
    );
  });
});

describe("an address that is not a string as it stands is refused with its field and place", () => {
  const values = [
    ...[
      "var.x",
      '"${var.x}"',
      '"a%{ if true }b%{ endif }"',
      'lower("a")',
      '("a")',
      '"a" == "b"',
      '"a".b',
      "5",
      "true",
    ],
    ...['["a"]', '{ a = "b" }', "<<E\na\nE", 'true ? "a" : "b"', "null == 1", "nullable"],
  ];
  test.each(values.flatMap((value) => ["namespace", "id"].map((name) => [name, value] as const)))(
    "%s = %s",
    (name, value) => {
      const error = failure(() => reference(inJob(`  # first\n  ${name} = ${value}`)));
      expect(error).toMatchObject({ code: "invalid_manifest", field: `job.${name}` });
      expect(error.reason).toMatch(
        new RegExp(
          `^line 3, column ${name.length + 6}: ${name} is not a string .*; write ${name} = `,
        ),
      );
      expect(error.reason).toContain("native envelope");
    },
  );

  test("on one line too", () => {
    expect(failure(() => reference('job "a" { namespace = var.x }'))).toMatchObject({
      field: "job.namespace",
    });
  });
});

describe("what is HCL and not one job is refused with its field", () => {
  test.each([
    ["nothing", "", "job", "there is no job block"],
    ["comments only", "# a\n/* job {} */", "job", "there is no job block"],
    ["an argument named job", 'job = "a"', "job", "there is no job block"],
    ["a job in another block", 'x {\n  job "a" {\n  }\n}', "job", "there is no job block"],
    ["two jobs", 'job "a" {}\njob "a" {}', "job", "line 2, column 1: a second job block"],
    ["no label", "job {}", "job", "line 1, column 1: a job block has one label"],
    ["two labels", 'job "a" "b" {}', "job", "line 1, column 1: a job block has one label"],
    ["an empty label", 'job "" {}', "job", "line 1, column 1: a job block has one label"],
    ["an empty id", inJob('id = ""'), "job.id", "line 2, column 6: id is empty"],
    [
      "a namespace that is a block",
      inJob("namespace {\n}"),
      "job.namespace",
      "line 2, column 1: namespace must be an argument",
    ],
    [
      "an id that is a block",
      inJob('id "a" {}'),
      "job.id",
      "line 2, column 1: id must be an argument",
    ],
  ])("%s", (_, source, field, reason) => {
    const error = failure(() => reference(source));
    expect(error).toMatchObject({ code: "invalid_manifest", field });
    expect(error.reason).toContain(reason);
  });
});

describe("broken syntax is refused with its place", () => {
  test.each([
    [
      "a job in JSON",
      '{"job": {}}',
      "line 1, column 1: expected an argument or a block; a job in JSON",
    ],
    ["a name in quotes", '"a" = 1', "line 1, column 1: the name of an argument has no quotes"],
    ["an argument twice", inJob("a = 1\nb = 1\na = 2"), 'line 4, column 1: duplicate argument "a"'],
    [
      "a namespace twice",
      inJob('namespace = "a"\nnamespace = "a"'),
      'line 3, column 1: duplicate argument "namespace"',
    ],
    [
      "an argument of a nested block twice",
      inJob("g {\na = 1\na = 2\n}"),
      'line 4, column 1: duplicate argument "a"',
    ],
    [
      "a block that is not closed",
      'job "a" {\n  b {\n  }\n',
      "line 1, column 9: the block is not closed",
    ],
    [
      "a block on one line that is not closed",
      'job "a" { b = 1',
      "line 1, column 16: a block that has an argument",
    ],
    ["a brace too many", 'job "a" {}\n}', "line 2, column 1: no block is open"],
    ["two blocks on one line", "a {} b {}", "line 1, column 6: a block ends with its line"],
    [
      "two arguments on one line",
      inJob("a = 1, b = 2"),
      "line 2, column 6: an argument ends with its line",
    ],
    [
      "two arguments in a block on one line",
      "a { b = 1 c = 2 }",
      "line 1, column 13: an argument ends with its line",
    ],
    [
      "a block in a block on one line",
      "a { b {} }",
      "line 1, column 5: a block that begins and ends on one line",
    ],
    [
      "a block that begins with an argument",
      "a { b = 1\n}",
      "line 1, column 10: a block that has an argument on its first line",
    ],
    ["a bracket too many", inJob("a = 1)"), "line 2, column 6: no bracket is open"],
    ["another bracket", inJob("a = (1]"), 'line 2, column 7: expected ")"'],
    ["a bracket that is not closed", inJob("a = [1"), 'line 3, column 1: expected "]"'],
    ["a bracket that nothing closes", "a = f(1", 'line 1, column 6: expected ")" before the end'],
    ["no value", inJob("a ="), "line 2, column 4: the argument has no value"],
    ["a value on the next line", inJob("a =\n1"), "line 2, column 4: the argument has no value"],
    [
      "a comparison in place of an argument",
      inJob("a == 1"),
      'line 2, column 3: expected "=", a label or "{"',
    ],
    ["a brace on the next line", "a\n{\n}", 'line 1, column 2: expected "=", a label or "{"'],
    ["a template in a label", 'a "${b}" {}', "line 1, column 3: a label cannot have"],
    [
      "a string that is not closed",
      inJob('a = "b'),
      "line 2, column 5: a string in quotes ends on its line",
    ],
    ["a string that ends with the file", 'a = "b', "line 1, column 5: the string is not closed"],
    [
      "a string in a carriage return",
      inJob('a = "b\rc"'),
      "line 2, column 5: a string in quotes ends on its line",
    ],
    [
      "an interpolation that is not closed",
      'a = "${b',
      "line 1, column 6: the ${ or %{ is not closed",
    ],
    ["an empty interpolation", inJob('a = "${}"'), "line 2, column 6: there is nothing between"],
    [
      "a heredoc that is not closed",
      inJob("a = <<E\nb"),
      "line 2, column 5: the heredoc is not closed",
    ],
    ["a marker without a line break", "a = <<E\nE", "line 1, column 5: the heredoc is not closed"],
    [
      "a carriage return in a heredoc",
      inJob("a = <<E\nb\rc\nE"),
      "line 3, column 2: a carriage return",
    ],
    [
      "a heredoc without its line break",
      inJob("a = <<E E"),
      "line 2, column 5: a heredoc begins with",
    ],
    ["a heredoc without a marker", inJob("a = <<\nE"), "line 2, column 5: a heredoc begins with"],
    ["a comment that is not closed", inJob("/* b"), "line 2, column 1: the comment is not closed"],
    [
      "an escape that HCL does not have",
      inJob('a = "b\\x"'),
      "line 2, column 7: the escape is not one",
    ],
    ["an escape of a surrogate", inJob('a = "\\ud800"'), "line 2, column 6: the escape is not one"],
    [
      "an escape beyond Unicode",
      inJob('a = "\\U00110000"'),
      "line 2, column 6: the escape is not one",
    ],
    ["an escape that is cut off", inJob('a = "\\u00e"'), "line 2, column 6: the escape is not one"],
    [
      "single quotes",
      inJob("a = 'b'"),
      "line 2, column 5: HCL has no such character here: strings",
    ],
    ["a semicolon", inJob("a = 1; b = 2"), "line 2, column 6: HCL has no such character here"],
    ["a bitwise operator", inJob("a = 1 & 2"), "line 2, column 7: HCL has no such character here"],
    [
      "a strip marker outside of a template",
      inJob("a = { b ~}"),
      "line 2, column 9: HCL has no such character here",
    ],
    ["a no-break space", inJob("a\u00a0= 1"), 'line 2, column 2: expected "="'],
    [
      "a second byte order mark",
      '\ufeff\ufeffjob "a" {}',
      "line 1, column 2: expected an argument",
    ],
  ])("%s", (_, source, reason) => {
    const error = failure(() => reference(source));
    expect(error.reason).toContain(reason);
    expect(error).toMatchObject({ code: "invalid_manifest", field: undefined });
  });

  test("bytes that are not UTF-8", () => {
    const body = Uint8Array.of(...encode('job "a" {\n  b = "'), 0xff, ...encode('"\n}\n'));
    expect(failure(() => nomadHcl.reference(body)).reason).toBe(
      "line 2, column 8: the body is not valid UTF-8",
    );
  });
});

describe("nesting", () => {
  const forms: readonly (readonly [form: string, open: string, inner: string, close: string])[] = [
    ["blocks", "a {\n", "", "\n}"],
    ["brackets", "[", "1", "]"],
    ["parentheses", "(", "1", ")"],
    ["objects", "{a=", "1", "}"],
    ["interpolations", '"${', "1", '}"'],
    ["heredocs", "<<E\n${", "1", "}\nE\n"],
  ];
  const nested = ([form, open, inner, close]: (typeof forms)[number], levels: number): string => {
    const value = open.repeat(levels) + inner + close.repeat(levels);
    return form === "blocks" ? inJob(value) : inJob(`a = ${value}`);
  };

  test.each(forms)("of %s may be 128 deep, the job's block included", (...form) => {
    expect(reference(nested(form, 127))).toEqual({ kind: "Job", name: "web" });
    const { reason } = failure(() => reference(nested(form, 128)));
    expect(reason).toMatch(/^line \d+, column \d+: more than 128 levels of nesting$/);
  });

  test.each(forms)("of %s a million deep is refused like that", (...form) => {
    expect(failure(() => reference(nested(form, 1_000_000))).reason).toContain("128 levels");
  });
});

describe("a megabyte of what invites to look twice", () => {
  const size = 1_000_000;
  const repeat = (piece: string): string => piece.repeat(Math.ceil(size / piece.length));
  test.each([
    ["dollars", inJob(`a = "${repeat("$")}"`)],
    ["dollars in a heredoc", inJob(`a = <<E\n${repeat("$")}\nE`)],
    ["almost markers", inJob(`a = <<E\n${repeat(" E E\n")}E`)],
    [
      "a long marker",
      inJob(`a = <<${"E".repeat(1000)}\n${repeat(`${"E".repeat(999)}\n`)}${"E".repeat(1000)}`),
    ],
    ["blanks before what is no marker", inJob(`a = <<E\n${repeat(" ")}x\nE`)],
    ["comment starts in a comment", inJob(`/* ${repeat("/* ")} */`)],
    ["short comments", inJob(`a = [${repeat("/**/")}]`)],
    ["lines of comments", inJob(repeat("#\n"))],
    ["escapes", inJob(`a = "${repeat("\\u0041")}"`)],
    ["interpolations", inJob(`a = "${repeat("${1}")}"`)],
    ["arguments", inJob(Array.from({ length: 100_000 }, (_, i) => `a${i} = 1`).join("\n"))],
    ["blocks", inJob(repeat("a {}\n"))],
    ["labels", inJob(`a ${repeat('"b" ')} {}`)],
    ["words", inJob(`a = f(${repeat("a b ")})`)],
  ])("%s is read", (_, source) => {
    expect(reference(source)).toEqual({ kind: "Job", name: "web" });
  });
});

describe("millions of characters in a row, which patterns can run out of stack on", () => {
  const letters = "é".repeat(4_200_000);
  test.each([
    ["an identifier", inJob(`${letters} = 1`)],
    ["a heredoc's marker", inJob(`a = <<${letters}\n${letters}`)],
    ["blanks around a heredoc's marker", inJob(`a = <<E\n${"\u3000".repeat(4_200_000)}E`)],
    ["the text of a string", inJob(`a = "${letters}"`)],
    ["the text of a heredoc", inJob(`a = <<E\n${letters}\nE`)],
  ])("%s is read", (_, source) => {
    expect(reference(source)).toEqual({ kind: "Job", name: "web" });
  });

  test.each(["é", "𐌀"])("an identifier of %s ends where it must", (letter) => {
    for (const length of [4_095, 4_096, 4_097, 8_192, 8_193]) {
      const source = inJob(`${letter.repeat(length)}! = 1`);
      expect(failure(() => reference(source)).reason).toContain(`line 2, column ${length + 1}: `);
    }
  });
});
