/** YAML: mutated manifests with everything in them that readers stumble over. */

import { k8sJson, k8sYaml } from "../../../src/adapters/index.ts";
import { BackendError } from "../../../src/contract/index.ts";
import type { ManifestValue } from "../../../src/adapters/manifest-value.ts";
import type { Family } from "../family.ts";
import { secret } from "../flaw-of-error.ts";
import type { TextGrammar } from "../mutate-text.ts";
import { manifestFamily } from "./manifest-family.ts";

export const yamlGrammar: TextGrammar = {
  samples: [
    `apiVersion: v1
kind: Secret
metadata: {name: a, namespace: b, labels: {x: &x "1", y: *x}}
stringData: # comment
  token: ${secret}
  quoted: "${secret}\\n\\x41\\
    ${secret}"
  single: 'it''s
    ${secret}'
  text: |-
    ${secret}
     more
  folded: >+
    ${secret}

  list: [*x, ${secret}, {a: b}]
`,
    `%YAML 1.2
%TAG !e! tag:example.com,2000:
---
apiVersion: !!str v1
kind: &k A
metadata:
  name: *k
? complex
: - - 0x1F
    - 0o17
  - .inf
  - 1_000
  - ~
  - !e!x {a: !local 1}
  - ? [b]
<<: {a: 1}
...
`,
    `kind: A
apiVersion: x.y/v1
metadata: {"name": "n"}
a: &a [x, x, x]
b: &b [*a, *a, *a]
c: &c [*b, *b, *b]
__proto__: {polluted: yes}
constructor: {prototype: {polluted: 1}}
`,
  ],
  tokens: [
    ...[
      "a",
      ": ",
      ":",
      "- ",
      "? ",
      "\n",
      "\n ",
      "\n  ",
      "\n\n",
      " ",
      "\t",
      "# c\n",
      "#",
      "\r\n",
      "\r",
    ],
    ...[
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "'",
      "''",
      "\\",
      "\\n",
      "\\u0041",
      "\\ud800",
      "|",
      "|+2",
      ">-\n",
    ],
    ...[
      "&a ",
      "*a",
      "&b ",
      "*b ",
      "!",
      "!!str ",
      "!!int ",
      "!<toString> ",
      "!<__proto__> ",
      "!e!x ",
    ],
    ...[
      "!!map ",
      "!!binary ",
      "%YAML 1.1\n",
      "%TAG ! x\n",
      "---\n",
      "...\n",
      "<<: *a\n",
      "@",
      "`",
      "%",
    ],
    ...[
      "0x",
      "1e",
      "~",
      "null",
      "yes",
      ".nan",
      "-.inf",
      "9".repeat(40),
      "__proto__: 1\n",
      "kind: B\n",
    ],
    ...[
      "\ufeff",
      "\u0085",
      "\u2028",
      "\u00a0",
      "\u0000",
      "é",
      "😀",
      "[[",
      "{{",
      "- - ",
      "a: b\n",
      "a: |\n x\n",
    ],
  ],
};

export const yamlFamily: Family<Uint8Array> = manifestFamily({
  name: "yaml",
  weight: 90,
  grammar: yamlGrammar,
  adapter: k8sYaml,
  acceptanceFlaw: (_, value) => {
    const json = printed(() => k8sJson.print?.(value));
    const again = printed(() =>
      k8sJson.print?.(k8sYaml.parse?.(k8sYaml.print?.(value) as Uint8Array) as ManifestValue),
    );
    return json === again ? undefined : "what it read is another value when written and read again";
  },
});

/** The text, or the reason of a refusal, such as of what grows past the bounds. */
function printed(print: () => Uint8Array | undefined): string {
  try {
    return Buffer.from(print() ?? []).toString("utf8");
  } catch (error) {
    if (BackendError.is(error, "unsupported_format")) return error.reason;
    throw error;
  }
}
