/** Imports a subject module, TypeScript or JavaScript, without a build step. */

import { existsSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { register as registerCommonJs } from "tsx/cjs/api";
import { register as registerModules } from "tsx/esm/api";
import { CannotRunError } from "./cannot-run-error.ts";
import { errorLine } from "./error-line.ts";
import type { Subject } from "./subject.ts";
import { rememberModule } from "./subject-module.ts";

/** The default export of the module. Throws a CannotRunError that says, in one line, why there is none. */
export async function loadSubject(path: string): Promise<Subject> {
  const file = resolve(path);
  if (!existsSync(file)) throw new CannotRunError(`${path}: there is no such file`);
  if (statSync(file).isDirectory())
    throw new CannotRunError(`${path}: is a directory, not a module`);
  if (extname(file) === ".json")
    throw new CannotRunError(`${path}: is JSON, not a subject module in TypeScript or JavaScript`);
  const exported = await importModule(path, file);
  const fault = subjectFault(exported);
  if (fault !== undefined) throw new CannotRunError(`${path}: ${fault}`);
  rememberModule(exported as Subject, pathToFileURL(file).href);
  return exported as Subject;
}

async function importModule(path: string, file: string): Promise<unknown> {
  acceptTypeScript();
  try {
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    return defaultExport(module);
  } catch (error) {
    const more = "(--verbose shows where)";
    throw new CannotRunError(`${path}: cannot be imported: ${errorLine(error)} ${more}`, {
      cause: error,
    });
  }
}

let accepted = false;

/** Lets this process import TypeScript from now on: a subject may import more when it opens. */
function acceptTypeScript(): void {
  if (accepted) return;
  // Both: outside a package of type "module", Node may load a file as CommonJS.
  registerCommonJs();
  registerModules();
  accepted = true;
}

/** A module that was compiled to CommonJS has its own exports object as default. */
function defaultExport(module: Record<string, unknown>): unknown {
  const exported = module["default"];
  const isWrapped = typeof exported === "object" && exported !== null && "__esModule" in exported;
  return isWrapped && "default" in exported ? exported.default : exported;
}

/** A misspelt hook would be a requirement that is skipped. */
const subjectKeys: ReadonlySet<string> = new Set(
  Object.keys({
    name: true,
    open: true,
    reopen: true,
    crash: true,
    cutPower: true,
    fail: true,
    outside: true,
    steps: true,
    damage: true,
    module: true,
    samples: true,
    knownFailures: true,
  } satisfies Record<keyof Subject, true>),
);

function subjectFault(exported: unknown): string | undefined {
  if (exported === undefined) {
    return "has no default export; write: export default defineSubject({ name, open })";
  }
  if (typeof exported !== "object" || exported === null) {
    return `the default export is ${inspect(exported, { depth: 0 })}, not a subject`;
  }
  const { name, open, reopen, crash, cutPower, fail, outside, samples, knownFailures } =
    exported as Record<keyof Subject, unknown>;
  const stranger = Object.keys(exported).find((key) => !subjectKeys.has(key));
  if (stranger !== undefined) {
    return `a subject has no "${stranger}"; it may have ${[...subjectKeys].join(", ")}`;
  }
  if (typeof name !== "string" || name === "") return "the subject has no name";
  if (typeof open !== "function") return "the subject has no open(): expected a function";
  for (const [key, value] of Object.entries({ reopen, crash, cutPower, fail, outside })) {
    if (value !== undefined && typeof value !== "function")
      return `the subject's ${key} is no function`;
  }
  const { damage, module, steps } = exported as Record<keyof Subject, unknown>;
  if (steps !== undefined && steps !== true) return "the subject's steps are not true";
  if (module !== undefined && !(typeof module === "string" && URL.canParse(module)))
    return "the subject's module is no URL; write: module: import.meta.url";
  if (damage !== undefined && !canTruncate(damage))
    return "the subject's damage has no truncate(): expected a function";
  if (samples !== undefined && !Array.isArray(samples)) return "the subject's samples are no array";
  const isLedger =
    knownFailures === undefined ||
    (typeof knownFailures === "object" &&
      knownFailures !== null &&
      Object.values(knownFailures).every((reason) => typeof reason === "string"));
  return isLedger ? undefined : "the subject's knownFailures are no object of reasons";
}

function canTruncate(damage: unknown): boolean {
  return (
    typeof damage === "object" &&
    damage !== null &&
    "truncate" in damage &&
    typeof damage.truncate === "function"
  );
}
