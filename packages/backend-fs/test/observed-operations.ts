/** File operations that are recorded, fail once at a chosen step, or stop for good there. */

import { type FileOperations, fileOperations, type OpenFile } from "../src/file-operations.ts";

/** One operation as it was asked for. */
export interface Step {
  readonly operation: keyof FileOperations;
  readonly path: string;
  /** Of a rename. */
  readonly to?: string;
}

/** The number of a step, or the first one of an operation. */
type Place = number | keyof FileOperations;

/**
 * What happens at a step, without effect or (`isDone`) after it. `errno`: it fails once. `die`: it and
 * everything after it throws, and what comes after it has no effect.
 */
export type Fault = { readonly at: Place; readonly isDone?: boolean } & (
  | { readonly errno: string }
  | { readonly die: true }
);

/** The operating system's operations, or others, watched. */
export class ObservedOperations {
  readonly steps: Step[] = [];
  #fault: Fault | undefined;
  #isDead = false;
  readonly operations: FileOperations;
  readonly #below: FileOperations;

  constructor(below: FileOperations = fileOperations) {
    this.#below = below;
    this.operations = this.#watched();
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Starts counting anew, with this fault to come. */
  arm(fault?: Fault): void {
    this.steps.length = 0;
    this.#fault = fault;
  }

  #watched(): FileOperations {
    const below = this.#below;
    return {
      look: below.look,
      lengthOf: below.lengthOf,
      identify: below.identify,
      create: (path) => this.#step({ operation: "create", path }, () => below.create(path)),
      openDirectory: (path) =>
        this.#step({ operation: "openDirectory", path }, () => below.openDirectory(path)),
      openFile: (path) => this.#step({ operation: "openFile", path }, () => below.openFile(path)),
      openToWrite: (path) =>
        this.#step({ operation: "openToWrite", path }, () => below.openToWrite(path)),
      writeAt: (file, bytes, position) =>
        this.#step({ operation: "writeAt", path: file.path }, () =>
          below.writeAt(file, bytes, position),
        ),
      truncate: (file, length) =>
        this.#step({ operation: "truncate", path: file.path }, () => below.truncate(file, length)),
      write: (file, bytes) =>
        this.#step({ operation: "write", path: file.path }, () => below.write(file, bytes)),
      setModified: (file, microseconds) =>
        this.#step({ operation: "setModified", path: file.path }, () =>
          below.setModified(file, microseconds),
        ),
      sync: (file) => this.#step({ operation: "sync", path: file.path }, () => below.sync(file)),
      syncData: (file) =>
        this.#step({ operation: "syncData", path: file.path }, () => below.syncData(file)),
      close: (file) => this.#close(file),
      rename: (path, to) =>
        this.#step({ operation: "rename", path, to }, () => below.rename(path, to)),
      unlink: (path) => this.#step({ operation: "unlink", path }, () => below.unlink(path)),
      makeDirectory: (path, mode) =>
        this.#step({ operation: "makeDirectory", path }, () => below.makeDirectory(path, mode)),
      removeDirectory: (path) =>
        this.#step({ operation: "removeDirectory", path }, () => below.removeDirectory(path)),
      removeTree: (path) =>
        this.#step({ operation: "removeTree", path }, () => below.removeTree(path)),
    };
  }

  async #step<T>(step: Step, act: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error("the process is dead");
    const number = this.steps.push(step) - 1;
    const fault = this.#fault;
    if (fault?.at !== number && fault?.at !== step.operation) return act();
    this.#fault = undefined;
    if ("die" in fault) this.#isDead = true;
    if (fault.isDone === true) await act();
    if ("die" in fault) throw new Error("the process is dead");
    throw Object.assign(new Error("injected"), { code: fault.errno });
  }

  /** Really closes in any case: descriptors go with a process. */
  async #close(file: OpenFile): Promise<void> {
    await this.#below.close(file);
    await this.#step({ operation: "close", path: file.path }, () => Promise.resolve());
  }
}
