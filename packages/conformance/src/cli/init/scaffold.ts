/** Writes a new package, and nothing that is there already. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CannotRunError } from "../../harness/cannot-run-error.ts";
import { errorLine } from "../../harness/error-line.ts";
import { makeReportDirectory as makeDirectory } from "../../report/write-reports.ts";
import { kitSpecifiers } from "./kit-source.ts";
import { pascalCase, unscopedName } from "./package-name.ts";
import { packageJson, tsconfig, tsconfigBuild } from "./project-settings.ts";

/** The files that are copied from `templates/backend`, each with its place. npm publishes no `.gitignore`, hence the names. */
const templates: Readonly<Record<string, string>> = {
  "README.md": "README.md",
  "conformance.ts": "conformance.ts",
  "src/driver.ts": "src/driver.ts",
  "src/index.ts": "src/index.ts",
  "vitest.ts": "conformance.test.ts",
  "workflow.yml": ".github/workflows/conformance.yml",
  gitignore: ".gitignore",
};

/**
 * Writes the package into the directory, which is made if need be. Rejects with a CannotRunError if there is anything in
 * it (but for a new `.git`), or it cannot be written.
 */
export async function scaffold(directory: string, name: string): Promise<void> {
  refuseWhatIsThere(directory);
  const files: readonly (readonly [string, string])[] = [
    ["package.json", json(packageJson(name, kitSpecifiers(directory)))],
    ["tsconfig.json", json(tsconfig)],
    ["tsconfig.build.json", json(tsconfigBuild)],
    ...Object.entries(templates).map(([from, to]) => [to, filledIn(from, name)] as const),
  ];
  try {
    for (const [path, text] of files) {
      const file = join(directory, path);
      await makeDirectory(dirname(file));
      writeFileSync(file, text, { flag: "wx" });
    }
  } catch (error) {
    throw new CannotRunError(`${directory} cannot be written: ${errorLine(error)}`, {
      cause: error,
    });
  }
}

function refuseWhatIsThere(directory: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new CannotRunError(`${directory} cannot be used: ${errorLine(error)}`, { cause: error });
  }
  const found = names.find((each) => each !== ".git");
  if (found !== undefined)
    throw new CannotRunError(`${directory} is not empty (it has ${found}): nothing was written`);
}

/** A template with the package's own name in it. */
function filledIn(template: string, name: string): string {
  // The path holds from `src` and from `dist` alike.
  const url = new URL(`../../../templates/backend/${template}`, import.meta.url);
  return readFileSync(url, "utf8")
    .replaceAll("MyBackend", pascalCase(name))
    .replaceAll("my-backend", unscopedName(name));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
