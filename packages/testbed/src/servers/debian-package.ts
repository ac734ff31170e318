/** Takes a server out of Debian's package, without installing it: that would start a service. */

import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { alone, cacheDirectory } from "./cache-directory.ts";
import { mustRun, runProgram } from "./run-program.ts";
import type { ServerKind } from "./server-kind.ts";

/** The version that apt would take: `3.4.23-4+b4`; undefined where there is no apt or no such package. */
export async function debianVersion(kind: ServerKind): Promise<string | undefined> {
  const { output } = await runProgram("apt-cache", ["policy", kind.debian.package]);
  const version = /^ {2}Candidate: (\S+)$/m.exec(output)?.[1];
  return version === "(none)" ? undefined : version;
}

/** The path of the program of this version. Throws an Error where the package cannot be had. */
export async function unpackDebian(
  kind: ServerKind,
  version: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const place = join(cacheDirectory(environment), `${kind.name}-debian`);
  const unpacked = join(place, version.replaceAll(/[^\w.+-]/g, "_"));
  await alone(place, async () => {
    if (existsSync(unpacked)) return;
    const fresh = await mkdtemp(join(place, "unfinished-"));
    try {
      const name = `${kind.debian.package}=${version}`;
      await mustRun("apt-get", ["download", name], { cwd: fresh, timeoutMs: 300_000 });
      const [archive = ""] = await readdir(fresh);
      const tree = join(fresh, "tree");
      await mustRun("dpkg-deb", ["--extract", join(fresh, archive), tree]);
      await rename(tree, unpacked);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
  return join(unpacked, kind.debian.program);
}
