/** Directories for roots, and the lives of both implementations in them. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFsBackend } from "@engenho/backend-fs";
import { BackendError, type ResourceRef } from "@engenho/sdk";
import { type FileTree, readTree } from "./file-tree.ts";
import { lookAt, type Operation, performOperations, type Sight, type Stage } from "./stages.ts";
import { storeBytes } from "./stored-bytes.ts";

/** A place for roots, gone when it is disposed of; and everything that was seen there. */
export class RustLab {
  readonly #directory = mkdtempSync(join(tmpdir(), "engenho-rust-roots-"));
  #roots = 0;
  /** What our backend did, in the order in which it did it. */
  readonly stages: Stage[] = [];
  /** What was not as it should be. */
  readonly problems: string[] = [];
  /** How many things were compared. */
  compared = { rustReads: 0, weRead: 0 };

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }

  /** A directory that is not there yet. */
  newRoot(): string {
    return join(this.#directory, String(this.#roots++));
  }

  /** The same files at another place. */
  copyRoot(root: string): string {
    const copy = this.newRoot();
    cpSync(root, copy, { recursive: true });
    return copy;
  }

  /** Opens our backend over a root, looks, changes, closes; keeps it all as a stage. */
  async live(
    id: string,
    root: string,
    looks: readonly Pick<Sight, "ref" | "format">[],
    operations: readonly Operation[] = [],
  ): Promise<Stage> {
    const before = existing(root);
    const backend = await createFsBackend({ root, faceName: "kubernetes" }).catch(codeOf);
    if (typeof backend === "string") {
      const nothing = { sees: [], resourceCount: 0, operations: [] };
      return this.#keep({ id, before, refused: backend, ...nothing, after: readTree(root) });
    }
    const sees: Sight[] = [];
    for (const look of looks) sees.push(await lookAt(backend, look));
    const resourceCount = backend.resourceCount();
    await performOperations(backend, operations);
    const snapshot = await backend.snapshot().catch(codeOf);
    await backend.close();
    const kept = typeof snapshot === "string" ? {} : { snapshot: storeBytes(snapshot) };
    return this.#keep({
      id,
      before,
      sees,
      resourceCount,
      operations,
      after: readTree(root),
      ...kept,
    });
  }

  #keep(stage: Stage): Stage {
    this.stages.push(stage);
    return stage;
  }

  /** Notes a difference between what there is and what there should be. */
  expect(by: "rustReads" | "weRead", what: string, actual: unknown, wanted: unknown): void {
    this.compared[by]++;
    const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (is !== should) this.problems.push(`${what}: ${cut(is)} instead of ${cut(should)}`);
  }
}

/** A name for messages. */
export function nameOf({ kind, namespace, name }: ResourceRef): string {
  return cut(`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
}

function codeOf(error: unknown): string {
  if (BackendError.is(error)) return error.code;
  throw error;
}

function existing(root: string): FileTree {
  try {
    return readTree(root);
  } catch {
    return {};
  }
}

function cut(text: string | undefined = "nothing"): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
