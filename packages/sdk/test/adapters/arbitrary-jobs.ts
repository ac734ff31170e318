/** Nomad job files whose reference is known, full of what looks like another one. */

import * as fc from "fast-check";
import type { ResourceRef } from "../../src/contract/index.ts";

export interface ArbitraryJob {
  readonly source: string;
  readonly ref: ResourceRef;
}

const word = fc.constantFrom("a", "web", "cache-2", "_x", "été", "名前", "job", "namespace", "id");

/** Text of what strings, templates, comments and heredocs are made of. */
const text = fc.string({
  unit: fc.constantFrom(
    ..."abz09 -./{}()[]#\"\\'$%~é\u0301名😀\n\r\t\u0000",
    "${",
    "%{",
    "/*",
    "<<E",
  ),
  maxLength: 12,
});

/** A string in quotes, each character as it is or as one of its escapes. */
function quoted(value: string, spelling: number): string {
  let written = "";
  let state = spelling;
  for (const character of value) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    written += spelled(character, state >>> 24);
  }
  return `"${written.replaceAll(/([$%])\{/g, (sequence) => `${sequence[0]}${sequence}`)}"`;
}

function spelled(character: string, choice: number): string {
  const simple = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" }[character];
  if (simple !== undefined) return simple;
  const code = character.codePointAt(0) ?? 0;
  // What stands before a brace decides whether it begins a sequence: those are doubled afterwards.
  if (choice < 200 || /[${%]/.test(character)) return character;
  return code > 0xffff || choice < 210
    ? `\\U${code.toString(16).padStart(8, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** `$` and `%` before a doubled one are read in another way: such text is left to the tables. */
function isPlainlyQuoted(value: string): boolean {
  return !/[$%][$%]/.test(value);
}

const string = fc
  .tuple(text.filter(isPlainlyQuoted), fc.nat())
  .map(([value, spelling]) => ({ value, source: quoted(value, spelling) }));

const comment = fc.constantFrom(
  '# namespace = "no"',
  '// } job "no" {',
  '/* job "no" { */',
  '/* namespace =\n "no" ** / */',
  "#",
  "/**/",
);

/** Lines of a heredoc: none of them is its marker. */
const heredocLine = fc.constantFrom(
  ...['namespace = "no"', "}", '{{ range service "web" }}', '"', "EOTX", "x EOT", "$", "%", "$$"],
  ...["$${no}", "%%{no}", "${var.a}EOT", '${join("}", [{ a = "${1}" }])}', "# no", "/* no", "\\"],
  ...["it's", "", "  ", "${<<E\n}\nE\n}", "%{ if true ~}\n}\n%{~ else }\n{\n%{ endif }"],
);
const heredocLines = fc.array(heredocLine, { maxLength: 6 });

const heredoc = fc
  .tuple(fc.constantFrom("<<EOT", "<<-EOT"), heredocLines, fc.constantFrom("", "  ", "\t"))
  .map(([start, lines, padding]) => [start, ...lines, `${padding}EOT`].join("\n"));

const value = fc.oneof(
  string.map(({ source }) => source),
  heredoc,
  heredoc.map((document) => `[1, ${document}\n, 2]`),
  fc.constantFrom(
    "1.5e3",
    "null",
    "var.namespace",
    '"${var.namespace}"',
    '"a${"b${"}"}"}c"',
    '"%{ if true }}%{ else }{%{ endif }"',
    '{ namespace = "no", job = { id : "no" } }',
    '{\n  namespace = "no"\n  "}" = 1\n}',
    '[\n  "]", # ]\n  2,\n]',
    'join(",", [for k, v in { a = "}" } : "${k}=${v}" if v != "{"])',
    "(\n  1 + 2 // )\n)",
    "a ? b : c",
    "-x.y[0].*.z",
    "!(1 >= 2 && 3 <= 4 || a == b)",
    '"${~ 1 ~}"',
    '"\\"namespace = \\\\"',
  ),
);

/** An argument or block, without the name that it must not have twice. */
function item(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    value.map((source) => `${name} = ${source}`),
    value.map(
      (source) =>
        `${name}_block "job" no {\n  namespace = ${source}\n  id = "no"\n  job "no" {\n    namespace = "no"\n  }\n}`,
    ),
    fc.constantFrom(
      `${name}_block { namespace = "no" }`,
      `${name}_block {}`,
      `${name}_block { # "\n}`,
      `${name}_block {\n  id = "no" /* } */\n}`,
    ),
  );
}

/** Some items, each with a name that no other one of its body has. */
function items(prefix: string): fc.Arbitrary<string[]> {
  return fc
    .integer({ min: 0, max: 4 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => item(`${prefix}${index}`))),
    );
}

/** Puts a comment before each line of an outer body, and blanks around what stands in it. */
const layout = fc.record({
  comments: fc.array(comment, { maxLength: 3 }),
  lineBreak: fc.constantFrom("\n", "\n", "\r\n"),
  mark: fc.constantFrom("", "", "\ufeff"),
  before: items("before"),
  after: items("after"),
  padding: fc.constantFrom("", "  ", "\t"),
  ending: fc.constantFrom("", "# end", "/* end */", "\n"),
});

/** What an address may be spelled as: left out, null, or a string. */
const address = fc.option(fc.oneof(string, fc.constant({ value: null, source: "null" })), {
  nil: undefined,
});

const label = fc.oneof(
  word.map((name) => ({ value: name, source: name })),
  string.filter(({ value: name }) => name !== ""),
);

export const arbitraryJob: fc.Arbitrary<ArbitraryJob> = fc
  .record({
    label,
    id: address.filter((id) => id?.value !== ""),
    namespace: address,
    beside: layout,
    inside: layout,
    isIdFirst: fc.boolean(),
  })
  .map(({ label: name, id, namespace, beside, inside, isIdFirst }) => {
    const addresses = [
      ...(id === undefined ? [] : [`id = ${id.source}`]),
      ...(namespace === undefined ? [] : [`namespace /* = */ = ${namespace.source} // "no"`]),
    ];
    if (!isIdFirst) addresses.reverse();
    const body = [...inside.comments, ...inside.before, ...addresses, ...inside.after];
    const lines = body.map((line) => `${inside.padding}${line}`);
    const job = [`job ${name.source} {`, ...lines, `${inside.padding}}`].join("\n");
    const all = [...beside.comments, ...beside.before, job, ...beside.after].join("\n");
    const isBare = beside.after.length === 0 && beside.ending === "";
    const whole = isBare ? all : `${all}\n${beside.ending}`;
    const source = beside.mark + whole.replaceAll("\n", beside.lineBreak);
    const place = (namespace?.value ?? "").normalize("NFC");
    const ref = { kind: "Job", name: id?.value?.normalize("NFC") ?? name.value };
    return { source, ref: place === "" ? ref : { ...ref, namespace: place } };
  });
