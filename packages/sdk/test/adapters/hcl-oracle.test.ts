/**
 * HashiCorp's own parser, compiled to WebAssembly, as the oracle: what we refuse as syntax it must refuse
 * too, and where both read a job they must agree on its label, id and namespace.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nomadHcl } from "../../src/adapters/index.ts";
import { BackendError, type ResourceRef } from "../../src/contract/index.ts";
import { arbitraryJob } from "./arbitrary-jobs.ts";
import { encode } from "./arbitrary-values.ts";

const runs = process.env["CI"] === undefined ? 200 : 1000;

/** What a parser makes of a source: the job's reference, or that its syntax or its content is wrong. */
type Reading = ResourceRef | "syntax" | "content";

function ours(source: string): Reading {
  try {
    return nomadHcl.reference(encode(source));
  } catch (error) {
    if (!BackendError.is(error, "invalid_manifest")) throw error;
    return error.field === undefined ? "syntax" : "content";
  }
}

/** The oracle keeps `$${` in values as it is written, and expressions as templates. */
async function theirs(source: string): Promise<Reading> {
  const file = await parse("job.hcl", source).catch((error: unknown) => {
    // Blocks of one type with more labels and with fewer have no JSON; their syntax is right.
    if (!String(error).includes("parse config:")) throw error;
    return undefined;
  });
  if (file === undefined) return "syntax";
  const jobs: [label: string, bodies: unknown][] = Object.entries(file["job"] ?? {});
  const [[label, bodies] = ["", undefined]] = jobs;
  if (jobs.length !== 1 || label === "" || !Array.isArray(bodies) || bodies.length !== 1)
    return "content";
  const { id = null, namespace = null } = bodies[0] as Record<string, unknown>;
  const addresses = [id, namespace].map((value) => (value === null ? null : literal(value)));
  if (addresses.includes(undefined) || addresses[0] === "") return "content";
  const [name, place] = addresses;
  return { kind: "Job", name: name ?? label, ...(place ? { namespace: place } : {}) };
}

function literal(value: unknown): string | undefined {
  if (typeof value !== "string" || /(?<![$%])[$%]\{/.test(value)) return undefined;
  return value.replaceAll("$${", "${").replaceAll("%%{", "%{");
}

test("generated jobs are read as they were made, by both", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryJob, async ({ source, ref }) => {
      expect(ours(source)).toEqual(ref);
      expect(await theirs(source)).toEqual(ref);
    }),
    { numRuns: runs },
  );
});

const pieces = fc.constantFrom(
  ...[
    '"',
    "${",
    "%{",
    "}",
    "{",
    "~}",
    "$",
    "%",
    "\\",
    "\n",
    "\r",
    "<<E\n",
    "E\n",
    "EOT\n",
    "#",
    "//",
    "/*",
    "*/",
  ],
  ...[
    "(",
    ")",
    "[",
    "]",
    "=",
    ",",
    ":",
    "?",
    "'",
    ";",
    "é",
    "1",
    " ",
    'namespace = "x"\n',
    'id = "y"\n',
    'job "z" {\n',
    "x = 1\n",
    "x { y = 1 }\n",
  ],
);
const change = fc.tuple(fc.nat(), fc.nat(3), fc.oneof(fc.constant(""), pieces));

test("jobs with a few characters changed are read alike, or refused by the oracle", async () => {
  const tally = { agreed: 0, refused: 0, lenient: 0 };
  await fc.assert(
    fc.asyncProperty(
      arbitraryJob,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (job, changes) => {
        let source = job.source;
        for (const [position, length, piece] of changes) {
          const at = position % (source.length + 1);
          source = (source.slice(0, at) + piece + source.slice(at + length)).toWellFormed();
        }
        const [mine, oracle] = [ours(source), await theirs(source)];
        tally[oracle !== "syntax" ? "agreed" : mine === "syntax" ? "refused" : "lenient"]++;
        // What they refuse we may take: expressions are not parsed here.
        expect(oracle === "syntax" ? "syntax" : mine).toEqual(oracle);
      },
    ),
    { numRuns: 2 * runs },
  );
  expect(tally.agreed).toBeGreaterThan(runs / 20);
  expect(tally.refused).toBeGreaterThan(runs / 5);
});

describe("the example jobs", () => {
  const directory = join(import.meta.dirname, "../../../../examples/manifests");
  test.each(readdirSync(directory).filter((name) => name.endsWith(".hcl")))("%s", async (name) => {
    const source = readFileSync(join(directory, name), "utf8");
    expect(ours(source)).toMatchObject({ kind: "Job" });
    expect(ours(source)).toEqual(await theirs(source));
  });
});
