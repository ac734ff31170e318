/** What a new package may be called, and what is made of its name. */

import { isBuiltin } from "node:module";
import { UsageError } from "../usage-error.ts";

/** Returns the name. Throws a UsageError if npm would not take it for a new package. */
export function checkPackageName(name: string): string {
  const wrong = faultOf(name);
  if (wrong === undefined) return name;
  throw new UsageError(`${JSON.stringify(name)} cannot be the name of a package: ${wrong}`);
}

function faultOf(name: string): string | undefined {
  if (name.length > 214) return "it has more than 214 characters";
  const parts = name.startsWith("@") ? name.slice(1).split("/") : [name];
  if (name.startsWith("@") && parts.length !== 2) return "a scoped name is @scope/name";
  if (!parts.every((part) => /^[a-z0-9][a-z0-9._-]*$/.test(part)))
    return "it takes lowercase letters, digits, dots, dashes and underscores, the first a letter or digit";
  if (name === "node_modules" || name === "favicon.ico") return "npm keeps it for itself";
  return isBuiltin(name) ? "it is a module of Node's own" : undefined;
}

/** `redis-streams` of `@acme/redis-streams`. */
export function unscopedName(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** `RedisStreams` of `@acme/redis-streams`: for identifiers, behind another word. */
export function pascalCase(name: string): string {
  const words = unscopedName(name).split(/[._-]+/);
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
