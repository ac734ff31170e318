/** Holds every import of a package's file to the rules in layers.ts. */

import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { type Import, importsOf } from "./imports-of.ts";
import { type Layer, layers } from "./layers.ts";

/** One line for each import that goes against the direction. Files outside packages/ have no rules. */
export function directionProblems(path: string, text: string): readonly string[] {
  if (!path.startsWith("packages/")) return [];
  const layer = layerOf(path);
  if (layer === undefined) return [`${path}: no layer has this file; add one to layers.ts`];
  return importsOf(path, text).flatMap((found) => {
    const reason = offence(path, layer, found);
    return reason === undefined ? [] : [`${path}:${found.line}: ${layer.name} ${reason}`];
  });
}

function offence(path: string, layer: Layer, { specifier }: Import): string | undefined {
  if (specifier.startsWith(".")) {
    return relativeOffence(path, layer, posix.join(posix.dirname(path), specifier));
  }
  if (isBuiltin(specifier)) {
    return layer.node ? undefined : `may not use Node's ${specifier}`;
  }
  const workspacePackage = /^@engenho\/[^/]+/.exec(specifier)?.[0];
  if (workspacePackage === undefined || layer.packages.includes(workspacePackage)) return undefined;
  // A test may import its own package the way users do.
  const own = `@engenho/${packageOf(path)}`;
  if (workspacePackage === own && !path.includes("/src/")) return undefined;
  return `may not import ${workspacePackage}`;
}

function relativeOffence(path: string, layer: Layer, target: string): string | undefined {
  if (!target.startsWith("packages/")) {
    // What is published has nothing around it; a test may use the repository.
    return path.includes("/src/") ? `may not import ${target}` : undefined;
  }
  if (packageOf(target) !== packageOf(path)) {
    return `must import another package by its name, not ${target}`;
  }
  const targetLayer = layerOf(target);
  if (targetLayer === layer) return undefined;
  if (targetLayer === undefined) return `may not import ${target}, which no layer has`;
  return layer.uses.includes(targetLayer.name) ? undefined : `may not import ${targetLayer.name}`;
}

function layerOf(path: string): Layer | undefined {
  return layers.find((layer) => layer.files.test(path));
}

/** `packages/sdk/src/index.ts` → `sdk`. */
function packageOf(path: string): string | undefined {
  return path.split("/")[1];
}
