/** Finds a server, or makes it: the first source that has one new enough. */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { debianVersion, unpackDebian } from "./debian-package.ts";
import { cachedProgram, goBuild } from "./go-build.ts";
import type { ServerKind } from "./server-kind.ts";
import { isOlder, versionOf } from "./version.ts";

/** A program that is there and new enough. */
export interface FoundServer {
  readonly name: string;
  /** The path of the program. */
  readonly path: string;
  /** As it says itself. */
  readonly version: string;
  /** Where it is from, for people: `the cache`, `a Go build`. */
  readonly source: string;
}

/** No source has a server that is new enough; the message says what each had to say. */
export class ServerMissingError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "ServerMissingError";
}

/** What is asked for. */
interface Search {
  readonly kind: ServerKind;
  readonly minimum: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A place that servers come from. */
interface Source {
  /** For people. */
  readonly title: string;
  /** Whether it takes its time to make one: nothing that only wants to know asks it. */
  readonly makes: boolean;
  /** The path of a program. Throws an Error that says why there is none. */
  find(search: Search): Promise<string>;
}

/** In the order in which they are asked, by the names that the variable knows them by. */
const sources: Readonly<Record<string, Source>> = {
  cache: {
    title: "the cache",
    makes: false,
    async find({ kind, environment }) {
      const program = cachedProgram(kind, environment);
      if (!existsSync(program)) throw new Error("empty");
      return program;
    },
  },
  go: {
    title: "a Go build",
    makes: true,
    find: ({ kind, environment }) => goBuild(kind, environment),
  },
  path: {
    title: "PATH",
    makes: false,
    async find({ kind, environment }) {
      const directories = (environment["PATH"] ?? "")
        .split(delimiter)
        .filter((path) => path !== "");
      const program = directories.map((path) => join(path, kind.name)).find(isProgram);
      if (program === undefined) throw new Error("none");
      return program;
    },
  },
  debian: {
    title: "Debian's package",
    makes: true,
    async find({ kind, minimum, environment }) {
      const version = await debianVersion(kind);
      if (version === undefined) throw new Error("none");
      if (isOlder(version, minimum)) throw new Error(`${version} is too old`);
      return unpackDebian(kind, version, environment);
    },
  },
};

/**
 * A program that is at least as new as the kind's minimum. What the kind's variable names is taken or
 * nothing is.
 *
 * @param options.make Whether one may be made (default true), which can take minutes.
 * @throws ServerMissingError
 */
export async function findServer(
  kind: ServerKind,
  options: { readonly make?: boolean; readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<FoundServer> {
  const { make = true, environment = process.env } = options;
  const minimum = environment[`${kind.variable}_MINIMUM`] ?? kind.minimumVersion;
  const asked = environment[kind.variable] ?? "";
  const reasons: string[] = [];
  for (const source of sourcesFor(asked, kind)) {
    try {
      if (source.makes && !make) throw new Error("not tried");
      const path = await source.find({ kind, minimum, environment });
      const version = await versionOf(kind, path);
      if (version === undefined) throw new Error(`${path} does not run as ${kind.name}`);
      if (isOlder(version, minimum)) throw new Error(`${path} is ${version}, too old`);
      return { name: kind.name, path, version, source: source.title };
    } catch (error) {
      reasons.push(`${source.title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ServerMissingError(
    `no ${kind.name} of version ${minimum} or later (${reasons.join("; ")}); ` +
      `install Go, or set ${kind.variable} to the path of one`,
  );
}

function sourcesFor(asked: string, kind: ServerKind): readonly Source[] {
  if (asked === "") return Object.values(sources);
  const named = Object.hasOwn(sources, asked) ? sources[asked] : undefined;
  return [named ?? { title: kind.variable, makes: false, find: async () => asked }];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
