/** CORE 038, 039 and 069: Nomad jobs in HCL, which are found without being changed or evaluated. */

import type { Capabilities } from "@engenho/sdk";
import {
  assertBytes,
  assertEqual,
  assertReference,
  assertRejects,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { keepsBytes, takesClusterScope, takesFormat } from "../../harness/fixtures.ts";
import type { Requirement } from "../requirement.ts";

const encoder = new TextEncoder();
const takesJobs = (capabilities: Capabilities): boolean => takesFormat(capabilities, "hcl");

export const jobRequirements: readonly Requirement[] = [
  {
    id: "CORE-038",
    level: "MUST",
    profile: "core",
    title:
      "The reference of a Nomad job in HCL is the kind `Job`, the job's `id` or else its label, and its `namespace`; what nested blocks, strings, heredocs and comments say is not the job's.",
    appliesTo: takesJobs,
    check: jobsAreFound,
  },
  {
    id: "CORE-039",
    level: "MUST",
    profile: "core",
    title:
      "A job in HCL whose `id` or `namespace` would have to be evaluated is `invalid_manifest`, with the argument as `field`, and leaves nothing behind.",
    appliesTo: takesJobs,
    check: expressionsAreRefused,
  },
  {
    id: "CORE-069",
    level: "MUST",
    profile: "core",
    title:
      "A job in HCL comes back with its comments, blanks, line ends and byte order mark as they were applied.",
    appliesTo: (capabilities) => takesJobs(capabilities) && keepsBytes(capabilities, "Job"),
    check: jobsComeBackExactly,
  },
];

/** Bodies, and the name and namespace that each must get. */
const jobs: readonly (readonly [body: string, name: string, namespace: string | null])[] = [
  ['job "labelled" {\n  namespace = "default"\n}\n', "labelled", "default"],
  ['job bare {\n  namespace = "default"\n}\n', "bare", "default"],
  ['job "one-line" { namespace = "default" }', "one-line", "default"],
  ['job "display" {\n  namespace = "default"\n  id = "identified"\n}\n', "identified", "default"],
  ['job "null-id" {\n  id = null\n  namespace = "default"\n}\n', "null-id", "default"],
  [
    'variable "job" {\n  default = "job \\"wrong\\" {"\n}\njob "beside" {\n  namespace = "default"\n}\n',
    "beside",
    "default",
  ],
  [
    '# job "wrong" {\n/* namespace = "wrong" */\njob "commented" {\n  // namespace = "wrong"\n  namespace /* = "wrong" */ = "default" # "wrong"\n}\n',
    "commented",
    "default",
  ],
  [
    'job "nested" {\n  vault {\n    namespace = "wrong"\n    id = "wrong"\n  }\n  a = { namespace = "wrong" }\n  consul { namespace = "wrong" }\n  namespace = "default"\n}\n',
    "nested",
    "default",
  ],
  [
    'job "quoted" {\n  a = "}\\nnamespace = \\"wrong\\" ${"}"} %{ if true }{%{ endif } $${"\n  b = <<EOF\n}\nnamespace = "wrong" ${ "}" } $${\n  EOFF\nEOF\n  namespace = "default"\n}\n',
    "quoted",
    "default",
  ],
  ['job "escaped" {\r\n  namespace = "d\\u0065fault"\r\n}\r\n', "escaped", "default"],
  ['job "nowhere" {\n  vault {\n    namespace = "wrong"\n  }\n}\n', "nowhere", null],
  ['job "empty" {\n  namespace = ""\n}\n', "empty", null],
];

async function jobsAreFound({ backend, capabilities }: CheckContext): Promise<void> {
  for (const [body, name, namespace] of jobs) {
    if (namespace === null && !takesClusterScope(capabilities, "Job")) continue;
    const expected = { kind: "Job", name, ...(namespace === null ? {} : { namespace }) };
    const { ref } = await backend.apply("hcl", encoder.encode(body));
    assertReference(ref, expected, `apply of ${JSON.stringify(body)}`);
    assertReference((await backend.get(expected, "hcl")).ref, expected, `get of ${name}`);
  }
}

async function expressionsAreRefused({ backend }: CheckContext): Promise<void> {
  const expressions = [
    "var.place",
    '"${var.place}"',
    '"%{ if true }a%{ endif }"',
    'lower("A")',
    '"a" == "b" ? "c" : "d"',
    "5",
    "<<EOF\na\nEOF",
  ];
  for (const argument of ["namespace", "id"]) {
    for (const expression of expressions) {
      const body = `job "evaluated" {\n  ${argument} = ${expression}\n}\n`;
      await assertRejects(
        backend.apply("hcl", encoder.encode(body)),
        "invalid_manifest",
        `apply of a job with ${argument} = ${expression}`,
        { outcome: "none", field: `job.${argument}` },
      );
    }
  }
  assertEqual(backend.resourceCount(), 0, "resources after the refusals");
  const { items } = await backend.list("Job", undefined, "hcl");
  assertEqual(items, [], "jobs after the refusals");
}

async function jobsComeBackExactly({ backend }: CheckContext): Promise<void> {
  const lines = [
    "# ü",
    'job   "exact"{ /* a */',
    '\tnamespace="default"  ',
    "",
    "  b = <<-EOF",
    "  c\t",
    "EOF",
    "}",
    "//",
  ];
  for (const text of [lines.join("\n"), lines.join("\r\n"), `\ufeff${lines.join("\n")}\n\n`]) {
    const body = encoder.encode(text);
    const { ref } = await backend.apply("hcl", body);
    assertBytes((await backend.get(ref, "hcl")).body, body, "get of a job in HCL");
    const { items } = await backend.list("Job", undefined, "hcl");
    assertBytes(items[0]?.body ?? new Uint8Array(0), body, "list of a job in HCL");
  }
}
