/** Reads an unpacked package: what is there, what it exports, and what its exports lead to. */

import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { importsOf } from "../../tools/check/direction/imports-of.ts";

export interface PublishedFiles {
  readonly manifest: PublishedManifest;
  /** Paths of all files, relative to the package. */
  readonly files: readonly string[];
  /** The paths that exports and bin name. */
  readonly entryPoints: readonly string[];
  /** The paths of the built modules that an entry point imports, at once or through others. */
  readonly reachable: ReadonlySet<string>;
  /** `map → source` for each source that a source map names and the package lacks. */
  readonly missingSources: readonly string[];
}

/** The fields of a package.json that are looked at. */
interface PublishedManifest {
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
}

export function publishedFiles(directory: string): PublishedFiles {
  const read = (path: string): string => readFileSync(posix.join(directory, path), "utf8");
  const manifest: PublishedManifest = JSON.parse(read("package.json"));
  const files = globSync("**/*", { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(directory, posix.join(entry.parentPath, entry.name)))
    .toSorted();
  const entryPoints = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((target) => posix.normalize(target));
  return {
    manifest,
    files,
    entryPoints,
    reachable: reachableModules(entryPoints, files, read),
    missingSources: files
      .filter((path) => path.endsWith(".map"))
      .flatMap((path) => sourcesOf(path, read).map((source) => ({ path, source })))
      .filter(({ source }) => !files.includes(source))
      .map(({ path, source }) => `${path} → ${source}`),
  };
}

/** A module of types alone is imported by declarations only, so those count too. */
function reachableModules(
  entryPoints: readonly string[],
  files: readonly string[],
  read: (path: string) => string,
): ReadonlySet<string> {
  const reachable = new Set<string>();
  const pending = entryPoints.map(modulePath);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (reachable.has(path) || !files.includes(path)) continue;
    reachable.add(path);
    for (const file of [path, path.replace(/\.js$/, ".d.ts")]) {
      if (!files.includes(file) || file.endsWith(".json")) continue;
      const text = read(file);
      const imported = importsOf(file, text).map(({ specifier }) => specifier);
      const relative = [...imported, ...scriptsOf(text)].filter((each) => each.startsWith("."));
      const directory = posix.dirname(file);
      pending.push(...relative.map((each) => modulePath(posix.join(directory, each))));
    }
  }
  return reachable;
}

/** The scripts of threads and processes: what a module finds beside itself by its own URL. */
function scriptsOf(text: string): readonly string[] {
  return [...text.matchAll(/new URL\(([^;]*?),\s*import\.meta\.url/g)].flatMap(
    ([, expression = ""]) =>
      [...expression.matchAll(/"([^"]+\.js)"/g)].map(([, path = ""]) => path),
  );
}

/** The module that a declaration or an import of a source stands for: `x.d.ts`, `x.ts` → `x.js`. */
function modulePath(path: string): string {
  return path.replace(/(\.d)?\.ts$/, ".js");
}

function sourcesOf(mapPath: string, read: (path: string) => string): readonly string[] {
  const { sources }: { sources: readonly string[] } = JSON.parse(read(mapPath));
  return sources.map((source) => posix.join(posix.dirname(mapPath), source));
}
