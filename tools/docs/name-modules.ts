/** Shows each entry point as users import it, with the README of its package or its own first sentence. */

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  type Application,
  Comment,
  type Context,
  Converter,
  type DeclarationReflection,
  MinimalSourceFile,
  normalizePath,
  ReflectionKind,
} from "typedoc";
import type { EntryPoint } from "./entry-points.ts";

/** Acts on every conversion of this application from now on. */
export function nameModules(app: Application, points: readonly EntryPoint[]): void {
  const bySource = new Map(points.map((point) => [point.source, point]));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, module) => {
    if (!module.kindOf(ReflectionKind.Module)) return;
    const source = context.getSymbolFromReflection(module)?.declarations?.[0]?.getSourceFile();
    const point = bySource.get(source?.fileName ?? "");
    if (source === undefined || point === undefined) return;
    module.name = point.specifier;
    if (point.readme === undefined) module.comment = openingComment(source.text);
    else showReadme(app, context, module, point.readme);
  });
}

/** Links to the README and to its directory lead to the module from then on. */
function showReadme(
  app: Application,
  { project }: Context,
  module: DeclarationReflection,
  path: string,
): void {
  const text = readFileSync(path, "utf8").replace(/^# .*\n/, ""); // The page has a title.
  const normalized = normalizePath(path);
  const file = new MinimalSourceFile(text, normalized);
  module.readme = app.converter.parseRawComment(file, project.files).content;
  project.files.registerReflectionPath(normalized, module);
  project.files.registerReflectionPath(normalizePath(dirname(path)), module);
}

/** The sentence that every file opens with. */
function openingComment(source: string): Comment {
  const [, comment] = /^\/\*\*(.*?)\*\//s.exec(source) ?? [];
  if (comment === undefined) throw new Error(`opens with no sentence: ${source.slice(0, 80)}`);
  const text = comment.replace(/\s*\n \* ?/g, " ").trim();
  return new Comment([{ kind: "text", text }]);
}
