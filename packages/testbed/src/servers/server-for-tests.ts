/** Gives tests their server, and says aloud when there is none. */

import { findServer, type FoundServer, ServerMissingError } from "./find-server.ts";
import type { ServerKind } from "./server-kind.ts";

/**
 * The server, with a line that says which was taken. Where there is none: undefined and a warning, so
 * that the tests are skipped; with `CI=true` an error, so that they fail.
 *
 * @example
 * const server = await serverForTests(etcd);
 * describe.skipIf(server === undefined)("on a real etcd", () => {});
 *
 * @throws ServerMissingError With `CI=true`.
 */
export async function serverForTests(
  kind: ServerKind,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FoundServer | undefined> {
  try {
    const found = await findServer(kind, { environment });
    console.warn(`testbed: ${describeServer(found)}`);
    return found;
  } catch (error) {
    if (!(error instanceof ServerMissingError) || environment["CI"] === "true") throw error;
    console.warn(`testbed: SKIPPED what needs ${kind.name}: ${error.message}`);
    return undefined;
  }
}

/** One line for people. */
export function describeServer({ name, version, source, path }: FoundServer): string {
  return `${name} ${version} from ${source} (${path})`;
}
