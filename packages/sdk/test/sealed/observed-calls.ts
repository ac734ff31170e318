/** The calls that replacing a file makes, recorded; they fail once at a chosen step or stop for good there. */

import { lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { constants } from "node:os";
import { basename, relative } from "node:path";
import type { FileCalls, OpenFile } from "../../src/sealed/replace-file.ts";

/** `errno`: the step fails once, without effect. `die`: it and all after it throw and have no effect. */
export type Fault =
  | { readonly at: number; readonly errno: "EIO" | "ENOSPC" | "EACCES" }
  | { readonly at: number; readonly die: true };

/** The operating system's calls, watched. Paths are told relative to a directory. */
export class ObservedCalls {
  /** Every call that reads or changes something, in order: `rename temporary → catalog.snap`. */
  readonly steps: string[] = [];
  readonly #directory: string;
  readonly #fault: Fault | undefined;
  #isDead = false;

  constructor(directory: string, fault?: Fault) {
    this.#directory = directory;
    this.#fault = fault;
  }

  readonly calls: FileCalls = {
    lstat: (path) => this.#step(`look at ${this.#told(path)}`, () => lstat(path)),
    mkdir: (path) => this.#step(`mkdir ${this.#told(path)}`, () => mkdir(path)),
    open: async (path, flags, mode) => {
      const told = this.#told(path);
      const file = await this.#step(`open ${told}`, () => open(path, flags, mode));
      return this.#watched(file, told);
    },
    rename: (from, to) =>
      this.#step(`rename ${this.#told(from)} → ${this.#told(to)}`, () => rename(from, to)),
    unlink: (path) => this.#step(`unlink ${this.#told(path)}`, () => unlink(path)),
  };

  #watched(file: OpenFile, told: string): OpenFile {
    return {
      writeFile: (data) => this.#step(`write ${told}`, () => file.writeFile(data)),
      chmod: (mode) => this.#step(`chmod ${told}`, () => file.chmod(mode)),
      sync: () => this.#step(`sync ${told}`, () => file.sync()),
      close: async () => {
        await file.close(); // in any case: descriptors go with a process
        await this.#step(`close ${told}`, () => Promise.resolve());
      },
    };
  }

  #told(path: string): string {
    if (/^\.engenho-[0-9a-f-]{36}\.tmp$/.test(basename(path))) return "temporary";
    return relative(this.#directory, path) || ".";
  }

  async #step<T>(step: string, act: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error("the process is dead");
    const at = this.steps.push(step) - 1;
    if (this.#fault === undefined || this.#fault.at !== at) return act();
    if ("errno" in this.#fault) {
      const code = this.#fault.errno;
      throw Object.assign(new Error("injected"), { code, errno: -constants.errno[code] });
    }
    this.#isDead = true;
    throw new Error("the process is dead");
  }
}
