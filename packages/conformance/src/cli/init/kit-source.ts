/** Where a new package gets the kit from: the place that this one was installed from. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const packages = ["@engenho/sdk", "@engenho/conformance"] as const;

/** What `package.json` says of each package of the kit. */
export type KitSpecifiers = Readonly<Record<(typeof packages)[number], string>>;

/** The versions at hand at least; tarballs where the kit comes from such, with paths from the new package's directory. */
export function kitSpecifiers(directory: string): KitSpecifiers {
  const tarballs = installedTarballs();
  const specifiers = packages.map((name) => {
    const tarball = tarballs.get(name);
    return [
      name,
      tarball === undefined ? `^${versionOf(name)}` : `file:${relative(directory, tarball)}`,
    ];
  });
  return Object.fromEntries(specifiers) as KitSpecifiers;
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const { version } = require(`${name}/package.json`) as { readonly version: string };
  return version;
}

/** npm notes in `node_modules` what it installed from where; anything else is an installation from a registry. */
function installedTarballs(): ReadonlyMap<string, string> {
  // node_modules/@engenho/conformance/dist/cli/init: the path holds from `src` too, and leads nowhere there.
  const modules = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../..");
  const tarballs = new Map<string, string>();
  for (const name of packages) {
    const from = resolvedBy(modules, name);
    if (from?.startsWith("file:") === true)
      tarballs.set(name, resolve(dirname(modules), from.slice("file:".length)));
  }
  return tarballs;
}

function resolvedBy(modules: string, name: string): string | undefined {
  try {
    const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as {
      readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
    };
    return lock.packages?.[`node_modules/${name}`]?.resolved;
  } catch {
    return undefined;
  }
}
