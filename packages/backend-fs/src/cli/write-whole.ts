/** Writes a file at one instant: what is seen under its name is whole, whenever the process ends. */

import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { BackendError } from "@engenho/sdk";
import { errnoOf } from "../errno.ts";
import { fsError } from "../fs-error.ts";

/**
 * Writes beside the path, and gives the file its name once it is synced. A process that is killed may leave
 * `{path}.{number}.tmp`.
 *
 * @param replaces Whether a file that is there is replaced.
 * @throws BackendError `conflict` if something is there, `permission_denied`, `no_space`.
 */
export async function writeWhole(path: string, text: string, replaces: boolean): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
      if (!replaces) await claim(temporary, path);
      else await rename(temporary, path);
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
    const directory = await open(dirname(path), "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw fsError(error, `write ${path}`);
    throw new BackendError("conflict", `${path} is there already; --force replaces it`);
  }
}

/** How systems say that a filesystem has no links: FAT and its kin. */
const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/** Gives a file its name where nothing has it: EEXIST otherwise. A rename would replace whatever is there. */
async function claim(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!noLinks.has(errnoOf(error) ?? "")) throw error;
    const own = await open(path, "wx", 0o644);
    await own.close();
    await rename(temporary, path);
  }
}
