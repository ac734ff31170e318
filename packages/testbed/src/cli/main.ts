/**
 * `npm run testbed -- status` lists what tests can run on, and makes nothing; `-- prepare` makes the
 * servers that are missing and, with `CI=true`, fails if one cannot be had.
 */

import { networkProblem } from "../run/network.ts";
import { findServer, ServerMissingError } from "../servers/find-server.ts";
import type { ServerKind } from "../servers/server-kind.ts";
import { serverKinds } from "../servers/server-kinds.ts";
import { describeServer, serverForTests } from "../servers/server-for-tests.ts";

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async status() {
    for (const kind of serverKinds) console.log(await statusOf(kind));
    console.log(`network namespaces: ${(await networkProblem()) ?? "yes"}`);
  },
  async prepare() {
    for (const kind of serverKinds) await serverForTests(kind);
  },
};

async function statusOf(kind: ServerKind): Promise<string> {
  try {
    return describeServer(await findServer(kind, { make: false }));
  } catch (error) {
    if (error instanceof ServerMissingError) return error.message;
    throw error;
  }
}

const [name = "status"] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  console.error(`Unknown command "${name}". Commands: ${Object.keys(commands).join(", ")}.`);
  process.exitCode = 1;
} else {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
