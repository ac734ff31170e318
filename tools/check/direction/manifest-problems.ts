/** Holds what a package depends on to the same direction as what it imports. */

import { layers } from "./layers.ts";

/** A package.json, as far as it matters here. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One line for each package of this workspace that this one's published part may not depend on. */
export function manifestProblems(path: string, manifest: Manifest): readonly string[] {
  const source = path.replace(/package\.json$/, "src/index.ts");
  const allowed = layers.find(({ files }) => files.test(source))?.packages ?? [];
  const depended = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return depended
    .filter((name) => name.startsWith("@engenho/") && !allowed.includes(name))
    .map((name) => `${path}: may depend on ${name} for development only`);
}
