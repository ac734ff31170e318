/** The stores that one requirement opens: where they live, and that all of them are closed and removed. */

import type { StoreBackend } from "@engenho/sdk";
import { CannotRunError } from "./cannot-run-error.ts";
import type { Instance } from "./check-context.ts";
import { formatDuration, settleWithin, timedOut } from "./deadline.ts";
import { errorLine } from "./error-line.ts";
import { openFilesBelow } from "./open-files.ts";
import { isSkip, SkipSignal } from "./skip-signal.ts";
import type { StoreContext, Subject } from "./subject.ts";
import { throughHandle } from "./through-handle.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directories.ts";

/** Opens stores of a subject and keeps track of them. */
export class OpenStores {
  readonly #subject: Subject;
  readonly #seed: number;
  readonly #directories: string[] = [];
  readonly #backends: StoreBackend[] = [];
  #ended = false;

  constructor(subject: Subject, seed: number) {
    this.#subject = subject;
    this.#seed = seed;
  }

  /** Opens a fresh store in a directory of its own. */
  async openFresh(): Promise<Instance> {
    const context: StoreContext = {
      directory: this.#makeDirectory(),
      seed: this.#seed,
      makeDirectory: () => this.#makeDirectory(),
    };
    let backend = await this.#track(() => this.#subject.open(context));
    const replace = async (way: "open" | "reopen"): Promise<StoreBackend> => {
      const open = way === "open" ? this.#subject.open : this.#optional("reopen");
      await backend.close();
      this.#forget(backend);
      backend = await named(
        way,
        this.#track(() => open.call(this.#subject, context)),
      );
      return backend;
    };
    const copied = async (way: "crash" | "cutPower"): Promise<StoreBackend> => {
      const open = this.#optional(way);
      return await named(
        way,
        this.#track(() => open(context)),
      );
    };
    const openAgain = async (): Promise<StoreBackend> => {
      const open = this.#optional("reopen");
      return await this.#track(() => open(context));
    };
    return {
      get backend() {
        return backend;
      },
      reopen: async () => await replace("reopen"),
      openAnew: async () => await replace(this.#subject.reopen === undefined ? "open" : "reopen"),
      openAgain,
      crash: async () => await copied("crash"),
      cutPower: async () => await copied("cutPower"),
      outside: async () => {
        if (this.#subject.outside !== undefined) return await this.#subject.outside(context);
        if (backend.capabilities.sharing === "shared") return throughHandle(await openAgain());
        throw new SkipSignal("nobody else can write: the subject has no outside()");
      },
      fail: async () => {
        if (this.#subject.fail === undefined) throw new SkipSignal("the subject has no fail()");
        await this.#subject.fail(context);
      },
    };
  }

  /** Closes every backend, the last opened first; one line for each that does not close in time. */
  async close(boundMs: number): Promise<string[]> {
    this.#ended = true;
    const problems: string[] = [];
    for (const backend of this.#backends.splice(0).toReversed()) {
      try {
        const outcome = await settleWithin(Promise.resolve(backend.close()), boundMs);
        if (outcome === timedOut) {
          problems.push(`close() did not settle within ${formatDuration(boundMs)}`);
        }
      } catch (error) {
        problems.push(`close() failed: ${errorLine(error)}`);
      }
    }
    return problems;
  }

  /** The files still open below the stores' directories. */
  openFiles(): string[] {
    return this.#directories.flatMap((directory) => openFilesBelow(directory));
  }

  /** Removes the directories; one line for each that resists. */
  async remove(): Promise<string[]> {
    const problems: string[] = [];
    for (const directory of this.#directories.splice(0)) {
      try {
        await removeTemporaryDirectory(directory);
      } catch (error) {
        const reason = errorLine(error).replaceAll(directory, "<directory>");
        problems.push(`the store's directory cannot be removed: ${reason}`);
      }
    }
    return problems;
  }

  /** A text without the stores' random paths. */
  withoutPaths(text: string): string {
    return this.#directories.reduce((line, path) => line.replaceAll(path, "<directory>"), text);
  }

  #makeDirectory(): string {
    const directory = makeTemporaryDirectory();
    this.#directories.push(directory);
    return directory;
  }

  async #track(open: () => Promise<StoreBackend>): Promise<StoreBackend> {
    if (this.#ended) throw new Error("the requirement has ended: it can open no more stores");
    const backend: unknown = await open();
    if (!isBackend(backend)) {
      throw new CannotRunError(
        "what the subject opened is not a StoreBackend: it has no apply() or close()",
      );
    }
    // A store that opens after the end has nobody else to close it.
    if (this.#ended) await backend.close();
    else this.#backends.push(backend);
    return backend;
  }

  #forget(backend: StoreBackend): void {
    const index = this.#backends.indexOf(backend);
    if (index >= 0) this.#backends.splice(index, 1);
  }

  #optional(
    way: "reopen" | "crash" | "cutPower",
  ): (context: StoreContext) => Promise<StoreBackend> {
    const open = this.#subject[way];
    if (open === undefined) throw new SkipSignal(`the subject has no ${way}()`);
    return (context) => open.call(this.#subject, context);
  }
}

/** Says which of the subject's functions has failed; a skip and a wrong result say so themselves. */
async function named(
  way: "open" | "reopen" | "crash" | "cutPower",
  opening: Promise<StoreBackend>,
): Promise<StoreBackend> {
  try {
    return await opening;
  } catch (cause) {
    if (isSkip(cause) || cause instanceof CannotRunError) throw cause;
    throw new Error(`${way}() failed: ${errorLine(cause)}`, { cause });
  }
}

function isBackend(value: unknown): value is StoreBackend {
  return (
    typeof value === "object" &&
    value !== null &&
    ["apply", "close"].every((method) => typeof Reflect.get(value, method) === "function")
  );
}
