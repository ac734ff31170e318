/** The tasks as data: each is a list of stages, and the steps of one stage may run at once. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * One command.
 * @typedef {object} Step
 * @property {string} name What a person sees.
 * @property {readonly string[]} command Found on PATH, node_modules/.bin first.
 * @property {boolean} [live] Shows its output while it runs; others show theirs only if they fail.
 * @property {boolean} [hasLastWord] Where it passes, nothing is said after it.
 * @property {string} [announce] Said before a step that may take long.
 */

/** @typedef {readonly (readonly Step[])[]} Stages */

const SUBJECTS = [
  "packages/conformance/subjects/in-memory.ts",
  "packages/backend-fs/conformance.ts",
];

const TESTBED = "packages/testbed/src/cli/main.ts";

/** Two tools at a time is what two cores bear; the slow ones come first. @type {readonly Step[]} */
const checks = [
  { name: "types", command: ["tsc", "-b"] },
  { name: "unused files, exports and dependencies", command: ["knip"] },
  { name: "lint", command: ["oxlint", "--deny-warnings"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "house rules", command: ["node", "tools/check/main.ts"] },
  { name: "descriptions", command: ["node", "tools/docs/main.ts", "--check"] },
];

/** @type {Step} */
const build = { name: "build", command: ["node", "tools/build.ts"] };

/**
 * The figures beside their floors and peers; --expose-gc lets each run begin with no garbage.
 * @param {readonly string[]} passedArguments
 * @returns {Step}
 */
function bench(passedArguments) {
  const options = ["--expose-gc", "--conditions=@engenho/source"];
  const command = ["node", ...options, "bench/src/main.ts", ...passedArguments];
  return { name: "bench", command, live: true };
}

/** As `pnpm publish` packs them, each under its name and version. */
const packAll = [
  ...["pnpm", "--recursive", "--filter", "./packages/*"],
  ...["pack", "--pack-destination", join(process.cwd(), "packs")],
];

/** @type {Readonly<Record<string, (passedArguments: readonly string[]) => Stages>>} */
export const tasks = {
  start: (passedArguments) => [
    [
      {
        name: "conformance",
        command: [
          "node",
          "--conditions=@engenho/source",
          "packages/conformance/src/cli/bin.ts",
          ...SUBJECTS,
          "--report",
          "reports",
          ...passedArguments,
        ],
        live: true,
        hasLastWord: true,
      },
    ],
  ],
  check: () => [checks],
  "rust-vectors": () => [
    [
      {
        name: "vectors of the Rust implementation",
        command: ["node", "--conditions=@engenho/source", "tools/rust-vectors/main.ts"],
        live: true,
      },
    ],
  ],
  docs: () => [
    [{ name: "reference pages in reports/docs", command: ["node", "tools/docs/main.ts"] }],
  ],
  fuzz: (passedArguments) => [
    [
      {
        name: "hostile inputs",
        command: [
          ...["node", "--conditions=@engenho/source", "packages/sdk/test/hostile/cli/main.ts"],
          ...passedArguments,
        ],
        live: true,
      },
    ],
  ],
  faults: (passedArguments) => [
    [
      {
        name: "faults",
        command: [
          ...["node", "--conditions=@engenho/source"],
          ...["packages/backend-raft/test/faults/cli/main.ts", ...passedArguments],
        ],
        live: true,
        hasLastWord: true,
      },
    ],
  ],
  bench: (passedArguments) => [
    [bench(passedArguments)],
    passedArguments.includes("--write")
      ? [{ name: "format", command: ["oxfmt", "BENCHMARKS.md"] }]
      : [],
  ],
  mutants: (passedArguments) => [
    [
      {
        name: "mutants",
        command: [
          ...["node", "--conditions=@engenho/source", "tools/mutants/main.ts"],
          ...passedArguments,
        ],
        live: true,
      },
    ],
  ],
  pack: () => [[build], [{ name: "tarballs in packs/", command: packAll }]],
  sizes: (passedArguments) => [
    [build],
    [{ name: "sizes", command: ["node", "tools/sizes/main.ts", ...passedArguments], live: true }],
  ],
  release: (passedArguments) => [
    [build],
    [
      {
        name: "release",
        command: ["node", "tools/release/main.ts", ...passedArguments],
        live: true,
      },
    ],
  ],
  testbed: (passedArguments) => [
    [{ name: "testbed", command: ["node", TESTBED, ...passedArguments], live: true }],
  ],
  test: (passedArguments) => [
    checks,
    [build],
    [{ name: "servers", command: ["node", TESTBED, "prepare"], live: true }],
    [{ name: "tests", command: ["vitest", "run", ...passedArguments], live: true }],
    // A report, never a gate: a bar that is missed on somebody's machine fails nothing.
    ...(process.env["CI"] === "true" ? [[bench(["--small"])]] : []),
  ],
};

/**
 * Brings node_modules in line with the lockfile: with the pnpm in it, which takes a moment when
 * nothing changed, or the first time with one that npm fetches.
 * @returns {Step}
 */
export function install() {
  const pnpmInstall = ["pnpm", "install", "--frozen-lockfile"];
  if (existsSync("node_modules/.bin/pnpm")) return { name: "install", command: pnpmInstall };
  // A user's npm may be set to refuse what it would have to ask about, hence --yes.
  const fetchPnpm = ["npm", "exec", "--yes", `--package=pnpm@${pinnedPnpm()}`, "--"];
  return {
    name: "install",
    command: [...fetchPnpm, ...pnpmInstall],
    announce: "Installing for the first time",
  };
}

/** The version that the workspace's catalog names. */
function pinnedPnpm() {
  const pin = /^ {2}pnpm: (\S+)$/m.exec(readFileSync("pnpm-workspace.yaml", "utf8"));
  if (pin?.[1] === undefined) throw new Error("pnpm-workspace.yaml names no version of pnpm");
  return pin[1];
}
