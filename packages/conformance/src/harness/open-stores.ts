/** The stores that one requirement opens: where they live, and that all of them are closed and removed. */

import type { StoreBackend } from "@engenho/sdk";
import { CallLog } from "./call-log.ts";
import { CannotRunError } from "./cannot-run-error.ts";
import type { Instance, StepListener } from "./check-context.ts";
import { formatDuration, settleWithin, timedOut } from "./deadline.ts";
import { errorLine } from "./error-line.ts";
import { noteLastCall } from "./last-call.ts";
import { openFilesBelow } from "./open-files.ts";
import { type InstanceKeeper, StoreInstance } from "./store-instance.ts";
import type { StoreContext, Subject } from "./subject.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directories.ts";

/** Opens stores of a subject and keeps track of them. */
export class OpenStores {
  readonly #subject: Subject;
  readonly #seed: number;
  readonly #calls: CallLog;
  readonly #directories: string[] = [];
  readonly #backends: StoreBackend[] = [];
  readonly #keeper: InstanceKeeper;
  readonly #ending = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #ended = false;

  constructor(subject: Subject, seed: number, calls: CallLog = new CallLog()) {
    this.#subject = subject;
    this.#calls = calls;
    this.#seed = seed;
    this.#keeper = {
      subject,
      track: (open) => this.#track(open),
      forget: (backend) => this.#forget(backend),
      whileOpen: (act) => this.#whileOpen(act),
      openInstance: (open, onStep) => this.#openInstance(open, onStep),
      removeDirectory: async (directory) => {
        this.#directories.splice(this.#directories.indexOf(directory), 1);
        await removeTemporaryDirectory(directory);
      },
    };
  }

  /** Opens a fresh store in a directory of its own. */
  async openFresh(onStep?: StepListener): Promise<Instance> {
    return await this.#openInstance((context) => this.#subject.open(context), onStep);
  }

  #openInstance(
    open: (context: StoreContext) => Promise<StoreBackend>,
    onStep?: StepListener,
  ): Promise<Instance> {
    // Before the directory is made, which nobody would remove any more.
    if (this.#ended) return Promise.reject(hasEnded());
    return new StoreInstance(this.#keeper, this.#makeDirectory(), this.#seed, onStep).open(open);
  }

  /** Closes every backend, the last opened first; one line for each that does not close in time. */
  async close(boundMs: number): Promise<string[]> {
    this.#ended = true;
    this.#ending.abort();
    const problems: string[] = [];
    if ((await settleWithin(Promise.allSettled(this.#underWay), boundMs)) === timedOut)
      problems.push(`a process that was killed is there after ${formatDuration(boundMs)}`);
    for (const backend of this.#backends.splice(0).toReversed()) {
      try {
        const outcome = await settleWithin(Promise.resolve(backend.close()), boundMs);
        if (outcome === timedOut) {
          const pending = this.#calls.pending(boundMs / 2);
          const why = pending === undefined || pending.startsWith("close") ? "" : `: ${pending}`;
          problems.push(`close() did not settle within ${formatDuration(boundMs)}${why}`);
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
    if (this.#ended) throw hasEnded();
    noteLastCall("open");
    const opened: unknown = await open();
    if (!isBackend(opened)) {
      throw new CannotRunError(
        "what the subject opened is not a StoreBackend: it has no apply() or close()",
      );
    }
    const backend = this.#calls.observe(opened);
    // A store that opens after the end has nobody else to close it.
    if (this.#ended) await backend.close();
    else this.#backends.push(backend);
    return backend;
  }

  async #whileOpen<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const done = act(this.#ending.signal);
    this.#underWay.add(done);
    return await done.finally(() => this.#underWay.delete(done));
  }

  #forget(backend: StoreBackend): void {
    const index = this.#backends.indexOf(backend);
    if (index >= 0) this.#backends.splice(index, 1);
  }
}

function hasEnded(): Error {
  return new Error("the requirement has ended: it can open no more stores");
}

function isBackend(value: unknown): value is StoreBackend {
  return (
    typeof value === "object" &&
    value !== null &&
    ["apply", "close"].every((method) => typeof Reflect.get(value, method) === "function")
  );
}
