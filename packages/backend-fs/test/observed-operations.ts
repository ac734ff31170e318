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
 * What happens at a step. `errno`: it fails once, without effect or (`isDone`) after it. `die`: it and
 * everything after it throws and has no effect.
 */
export type Fault =
  | { readonly at: Place; readonly errno: string; readonly isDone?: boolean }
  | { readonly at: Place; readonly die: true };

/** The operating system's operations, watched. */
export class ObservedOperations {
  readonly steps: Step[] = [];
  #fault: Fault | undefined;
  #isDead = false;

  /** Starts counting anew, with this fault to come. */
  arm(fault?: Fault): void {
    this.steps.length = 0;
    this.#fault = fault;
  }

  readonly operations: FileOperations = {
    look: fileOperations.look,
    identify: fileOperations.identify,
    create: (path) => this.#step({ operation: "create", path }, () => fileOperations.create(path)),
    openDirectory: (path) =>
      this.#step({ operation: "openDirectory", path }, () => fileOperations.openDirectory(path)),
    openFile: (path) =>
      this.#step({ operation: "openFile", path }, () => fileOperations.openFile(path)),
    openToWrite: (path) =>
      this.#step({ operation: "openToWrite", path }, () => fileOperations.openToWrite(path)),
    writeAt: (file, bytes, position) =>
      this.#step({ operation: "writeAt", path: file.path }, () =>
        fileOperations.writeAt(file, bytes, position),
      ),
    truncate: (file, length) =>
      this.#step({ operation: "truncate", path: file.path }, () =>
        fileOperations.truncate(file, length),
      ),
    write: (file, bytes) =>
      this.#step({ operation: "write", path: file.path }, () => fileOperations.write(file, bytes)),
    setModified: (file, microseconds) =>
      this.#step({ operation: "setModified", path: file.path }, () =>
        fileOperations.setModified(file, microseconds),
      ),
    sync: (file) =>
      this.#step({ operation: "sync", path: file.path }, () => fileOperations.sync(file)),
    close: (file) => this.#close(file),
    rename: (path, to) =>
      this.#step({ operation: "rename", path, to }, () => fileOperations.rename(path, to)),
    unlink: (path) => this.#step({ operation: "unlink", path }, () => fileOperations.unlink(path)),
    makeDirectory: (path, mode) =>
      this.#step({ operation: "makeDirectory", path }, () =>
        fileOperations.makeDirectory(path, mode),
      ),
    removeDirectory: (path) =>
      this.#step({ operation: "removeDirectory", path }, () =>
        fileOperations.removeDirectory(path),
      ),
    removeTree: (path) =>
      this.#step({ operation: "removeTree", path }, () => fileOperations.removeTree(path)),
  };

  async #step<T>(step: Step, act: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error("the process is dead");
    const number = this.steps.push(step) - 1;
    const fault = this.#fault;
    if (fault?.at !== number && fault?.at !== step.operation) return act();
    this.#fault = undefined;
    if ("die" in fault) {
      this.#isDead = true;
      throw new Error("the process is dead");
    }
    if (fault.isDone === true) await act();
    throw Object.assign(new Error("injected"), { code: fault.errno });
  }

  /** Really closes in any case: descriptors go with a process. */
  async #close(file: OpenFile): Promise<void> {
    await fileOperations.close(file);
    await this.#step({ operation: "close", path: file.path }, () => Promise.resolve());
  }
}
