/** A backend's snapshot in a sealed file, and back. */

import { decodeSnapshot } from "../codec/index.ts";
import {
  CatalogSnapshotError,
  type CatalogSnapshotErrorKind,
} from "../codec/catalog-snapshot-error.ts";
import { seal, unseal } from "../codec/sealed-file.ts";
import { BackendError, type ReadOptions, type StoreBackend } from "../contract/index.ts";
import { checkBackend, checkPath } from "./check-arguments.ts";
import { onPath } from "./file-error.ts";
import { readFileWhole } from "./read-file-whole.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * Saves everything that a backend holds. The file is written in place of what is there, after a crash
 * too the old one or the new one whole; missing directories are made. A new file can be read by its
 * owner only, one that is replaced keeps its permissions. A symbolic link is replaced too, and what it
 * leads to is not touched. Saves of one path that overlap end in any order, and the last to end stays:
 * await one before the next.
 *
 * @param options For `backend.snapshot`.
 * @throws BackendError of the backend's `snapshot`, or CatalogSnapshotError `io`: the old file is then as
 * it was and no other is left, unless the very last fsync failed. `encode` if the backend gave no snapshot.
 * @example
 * await saveSnapshot(backend, "/var/backups/my-cluster.snap");
 */
export async function saveSnapshot(
  backend: StoreBackend,
  path: string,
  options: ReadOptions = {},
): Promise<void> {
  checkBackend(backend);
  checkPath(path);
  const snapshot = await backend.snapshot(options);
  await onPath(path, async () => {
    checkSnapshot(snapshot, "encode", `what ${backend.name} gave is not a snapshot`);
    await replaceFile(path, seal("backend", snapshot));
  });
}

/**
 * Restores a backend from a file of {@link saveSnapshot}, by any backend. The file is read and checked
 * whole before the backend is asked to do anything.
 *
 * @param options For `backend.restore`.
 * @throws CatalogSnapshotError of any kind but `encode`: the backend was not asked. BackendError of the
 * backend's `restore`.
 * @example
 * await loadSnapshot(backend, "/var/backups/my-cluster.snap");
 */
export async function loadSnapshot(
  backend: StoreBackend,
  path: string,
  options: ReadOptions = {},
): Promise<void> {
  checkBackend(backend);
  checkPath(path);
  const snapshot = await onPath(path, async () => {
    const payload = unseal("backend", await readFileWhole(path));
    checkSnapshot(payload, "decode", "the payload is not a snapshot");
    return payload;
  });
  await backend.restore(snapshot, options);
}

/** Looks at the shape alone; what the entries hold is the restoring backend's to judge. */
function checkSnapshot(snapshot: unknown, kind: CatalogSnapshotErrorKind, problem: string): void {
  if (!(snapshot instanceof Uint8Array)) {
    throw new CatalogSnapshotError(kind, `${problem}: it is not bytes`);
  }
  try {
    decodeSnapshot(snapshot);
  } catch (cause) {
    if (!BackendError.is(cause)) throw cause;
    throw new CatalogSnapshotError(kind, `${problem}: ${cause.reason}`, { cause });
  }
}
