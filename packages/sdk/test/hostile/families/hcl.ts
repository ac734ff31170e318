/** HCL: mutated job files, with everything in them that hides where a block or a string ends. */

import { nomadHcl } from "../../../src/adapters/index.ts";
import type { Family } from "../family.ts";
import { secret } from "../flaw-of-error.ts";
import type { TextGrammar } from "../mutate-text.ts";
import { manifestFamily } from "./manifest-family.ts";

export const hclGrammar: TextGrammar = {
  samples: [
    `# comment
variable "image" { default = "redis:7" }
job "cache" {
  namespace = "shop" // comment
  datacenters = ["dc1", "\${var.dc}"]
  group "g" {
    count = 1 + 2 * 3
    task "t" {
      env { TOKEN = "${secret}" }
      config { args = ["-c", "%{ if true }${secret}%{ endif }"] }
      template {
        data = <<-EOF
          {{ with secret "${secret}" }} \${a} $\${b}
          EOF
      }
    }
  }
}
`,
    `locals { a = { "b" = [1, 2.5e3, true, null], (c) : "d" } }
/* job "no" {} */
job web {
  id = "media/\\u0065\\n\\"$\${x}"
  namespace = null
  x = a ? b : c.d[0].*.e == !f && g >= -1 ... 
  y = [for k, v in w : upper(k) => v... if v != ""]
}
`,
    'job "__proto__" {\r\n  namespace = "constructor"\r\n  meta { "a" = "b" }\r\n}\r\n',
  ],
  tokens: [
    ...[
      "job",
      "{",
      "}",
      "{\n",
      "}\n",
      "=",
      " = ",
      '"',
      "\\",
      '\\"',
      "\\u0041",
      "\\ud800",
      "\\U0001F600",
    ],
    ...[
      "${",
      "%{",
      "$${",
      "%%{",
      "~}",
      "$",
      "%",
      "<<E\n",
      "<<-E\n",
      "\nE\n",
      "E",
      "<<",
      "#",
      "//",
      "/*",
      "*/",
    ],
    ...[
      "[",
      "]",
      "(",
      ")",
      ",",
      ":",
      "?",
      "...",
      "=>",
      "==",
      "1",
      "null",
      "id = ",
      "namespace = ",
      "\n",
      "\r\n",
    ],
    ...[
      "\r",
      " ",
      "\t",
      "a",
      "é",
      "e\u0301",
      "😀",
      "\u2028",
      "\u0085",
      "\u0000",
      "\ufeff",
      "'",
      '"a" ',
      "__proto__",
    ],
    ...['${"', '"}', "a = 1\n", "b {\n", 'job "x" {}\n', "[[", "((", "{{"],
  ],
};

export const hclFamily: Family<Uint8Array> = manifestFamily({
  name: "hcl",
  weight: 60,
  grammar: hclGrammar,
  adapter: nomadHcl,
});
