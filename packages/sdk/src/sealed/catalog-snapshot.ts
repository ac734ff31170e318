/** A catalog and the place in its log, in a sealed file: what the Rust implementation writes and reads. */

import { CatalogSnapshotError } from "../codec/catalog-snapshot-error.ts";
import { seal, unseal } from "../codec/sealed-file.ts";
import { checkBytes, checkParse, checkPath } from "./check-arguments.ts";
import { maxLogIndex, readCatalogPayload, writeCatalogPayload } from "./catalog-payload.ts";
import { readFileWhole } from "./read-file-whole.ts";
import { replaceFile } from "./replace-file.ts";
import { onPath } from "./file-error.ts";

/** Says whether a catalog that was read is one, and gives it its type; throws if it is not. */
export type ParseCatalog<T> = (catalog: unknown) => T;

/**
 * The state of a replicated store at one index of its log. What can be in a catalog is what JSON can
 * say (see {@link CatalogSnapshot.encode}); an integer beyond 2^53 is a bigint.
 *
 * @example
 * const snapshot = new CatalogSnapshot({ pods: ["nginx"] }, 42n);
 * await snapshot.saveTo("/var/lib/my-store/catalog.snap");
 * const { catalog, lastAppliedIndex } = await CatalogSnapshot.loadFrom(
 *   "/var/lib/my-store/catalog.snap",
 *   parseCatalog,
 * );
 */
export class CatalogSnapshot<T> {
  /** The state itself. It is not copied. */
  readonly catalog: T;
  /** The index of the last log entry that the catalog has in it. */
  readonly lastAppliedIndex: bigint;

  /**
   * @param lastAppliedIndex From 0 to 2^64 - 1.
   * @throws TypeError if it is not a bigint; RangeError beyond these bounds.
   */
  constructor(catalog: T, lastAppliedIndex: bigint) {
    if (typeof lastAppliedIndex !== "bigint") {
      throw new TypeError(`lastAppliedIndex must be a bigint, not ${typeof lastAppliedIndex}`);
    }
    if (lastAppliedIndex < 0n || lastAppliedIndex > maxLogIndex) {
      throw new RangeError(`lastAppliedIndex must be between 0 and ${maxLogIndex}`);
    }
    this.catalog = catalog;
    this.lastAppliedIndex = lastAppliedIndex;
  }

  /**
   * The bytes of the file. A catalog is made of null, booleans, strings, finite numbers, bigints,
   * arrays and plain objects; what has a `toJSON` is what that returns, and properties that are
   * undefined are left out.
   *
   * @throws CatalogSnapshotError `encode`, saying where, for anything else: it would not come back.
   * `encode` too for more than 536,870,888 bytes of JSON.
   */
  encode(): Uint8Array {
    return seal("catalog", writeCatalogPayload(this.catalog, this.lastAppliedIndex));
  }

  /**
   * Reads the bytes of a file.
   *
   * @param parse Checks the catalog. Without it, the type is the caller's word, and the catalog may
   * be any JSON value.
   * @throws CatalogSnapshotError of every kind but `io` and `encode`; what `parse` throws is the
   * cause of a `decode`.
   */
  static decode<T = unknown>(bytes: Uint8Array, parse?: ParseCatalog<T>): CatalogSnapshot<T> {
    checkBytes("bytes", bytes);
    checkParse(parse);
    const { catalog, lastAppliedIndex } = readCatalogPayload(unseal("catalog", bytes));
    return new CatalogSnapshot(parsed(catalog, parse), lastAppliedIndex);
  }

  /**
   * Writes the file in place of what is there, after a crash too the old one or the new one whole.
   * Directories that are missing are made. Nothing is touched if the catalog cannot be encoded. A
   * symbolic link is replaced, not followed. Saves of one path that overlap end in any order, and the
   * last to end stays: await one before the next.
   *
   * @throws CatalogSnapshotError `encode` or `io`. See {@link saveSnapshot} for what is left behind.
   */
  async saveTo(path: string): Promise<void> {
    checkPath(path);
    await onPath(path, async () => replaceFile(path, this.encode()));
  }

  /**
   * Reads a file.
   *
   * @param parse As for {@link CatalogSnapshot.decode}.
   * @throws CatalogSnapshotError of every kind but `encode`, with the path.
   */
  static async loadFrom<T = unknown>(
    path: string,
    parse?: ParseCatalog<T>,
  ): Promise<CatalogSnapshot<T>> {
    checkPath(path);
    checkParse(parse);
    return onPath(path, async () => CatalogSnapshot.decode(await readFileWhole(path), parse));
  }
}

function parsed<T>(catalog: unknown, parse: ParseCatalog<T> | undefined): T {
  if (parse === undefined) return catalog as T;
  try {
    return parse(catalog);
  } catch (cause) {
    throw new CatalogSnapshotError("decode", "the catalog is not one that parse accepts", {
      cause,
    });
  }
}
