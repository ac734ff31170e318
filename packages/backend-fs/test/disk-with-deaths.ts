/** A root whose processes die at a chosen step, one after another, before the power goes. */

import { join } from "node:path";
import type { StoreBackend } from "@engenho/sdk";
import { onTestFinished } from "vitest";
import type { FsBackendOptions } from "../src/index.ts";
import { openFsBackend } from "../src/open-fs-backend.ts";
import { type Fault, ObservedOperations } from "./observed-operations.ts";
import { RecordedDisk } from "./recorded-disk.ts";
import { diskOver, makeDirectory } from "./support.ts";

/** One root. */
export class DiskWithDeaths {
  readonly root: string;
  readonly #disk: RecordedDisk;

  constructor() {
    const place = makeDirectory();
    this.root = join(place, "store");
    this.#disk = new RecordedDisk(place);
  }

  /** Opens the root and lets `use` have it, in a process that dies at the fault, if there is one. Says whether it died. */
  async during(
    use: (backend: StoreBackend, arm: (fault: Fault) => void) => Promise<unknown>,
    fault?: Fault,
  ): Promise<boolean> {
    const observed = new ObservedOperations(this.#disk.operations);
    observed.arm(fault);
    try {
      const backend = await this.open({}, observed);
      try {
        await use(backend, (later) => observed.arm(later));
      } finally {
        await backend.close();
      }
    } catch (error) {
      if (!observed.isDead) throw error;
    }
    return observed.isDead;
  }

  /** Opens the root; the handle is closed when the test ends, at the latest. */
  async open(
    options: Omit<FsBackendOptions, "root"> = {},
    observed: ObservedOperations = new ObservedOperations(this.#disk.operations),
  ): Promise<StoreBackend> {
    const { root } = this;
    const backend = await openFsBackend({ root, ...options }, diskOver(observed.operations));
    onTestFinished(() => backend.close());
    return backend;
  }

  /** Writes a file as somebody else does, who fsyncs nothing. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const { create, write, close, rename } = this.#disk.operations;
    const temporary = await create(join(this.root, "other"));
    await write(temporary, bytes);
    await close(temporary);
    await rename(temporary.path, join(this.root, path));
  }

  /** A root that has what a loss of power could leave now; the losses depend on the seed. */
  losePower(seed: number): string {
    const survivors = makeDirectory();
    this.#disk.losePower(survivors, seed);
    return join(survivors, "store");
  }
}
