/** `conformance init`: a package for a new backend, which is judged before a line of it is changed. */

import { basename, resolve } from "node:path";
import { shellQuote } from "../../report/shell-quote.ts";
import { align } from "../align.ts";
import { readOptions } from "../read-options.ts";
import type { Subcommand } from "../subcommand.ts";
import { UsageError } from "../usage-error.ts";
import { checkPackageName } from "./package-name.ts";
import { scaffold } from "./scaffold.ts";

const help = `Usage: conformance init <directory> [options]

Makes a package for a new backend: a driver over a Map with every method explained, how the
suite opens it, its tests and a CI workflow. It is conformant as it stands; put your system in
place of the Map. A directory with anything in it is refused.

Options:
  --name NAME      the package's name, @acme/my-backend (default: the directory's)
  --help           print this`;

export const init: Subcommand = {
  name: "init",
  parameters: "<directory>",
  summary: "make a package for a new backend",
  async run(args, terminal) {
    const { values, positionals } = readOptions(args, options);
    if (values.help) {
      terminal.line(help);
      return 0;
    }
    const [path, another] = positionals;
    if (path === undefined) throw new UsageError("no directory given");
    if (another !== undefined) throw new UsageError(`one directory at a time: what is ${another}?`);
    const directory = resolve(path);
    const name = checkPackageName(values.name ?? basename(directory));
    await scaffold(directory, name);
    for (const line of nextSteps(name, path)) terminal.line(line);
    return 0;
  },
};

const options = { name: { type: "string" }, help: { type: "boolean", short: "h" } } as const;

function nextSteps(name: string, directory: string): string[] {
  const files = [
    ["src/driver.ts", "what your system must be able to do, method by method: begin here"],
    ["src/index.ts", "what users import, and what the backend claims"],
    ["conformance.ts", "how the suite opens it"],
    ["conformance.test.ts", "the suite in vitest, a test for each requirement"],
    [
      ".github/workflows/conformance.yml",
      "all of it on GitHub, on the oldest Node and the present one",
    ],
  ];
  const commands = [
    ...(resolve(directory) === process.cwd() ? [] : [[`cd ${shellQuote(directory)}`]]),
    ["npm install"],
    ["npm run conformance", "conformant as it stands: a Map keeps what it claims"],
    ["npm test"],
  ];
  return [
    `${name} is ready.`,
    "",
    ...align(files).map((line) => `  ${line}`),
    "",
    "Next:",
    ...align(commands.map(([command = "", about = ""]) => [command, about])).map(
      (line) => `  ${line}`,
    ),
  ];
}
