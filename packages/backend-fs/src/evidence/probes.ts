/** Tries what a directory does: each probe makes what it needs and says what happened. */

import { constants } from "node:fs";
import {
  type FileHandle,
  link,
  lstat,
  lutimes,
  open,
  readdir,
  readFile,
  rename,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { secondsOf } from "../file-operations.ts";
import { errnoOf } from "../errno.ts";
import { unlessMissing } from "../fs-error.ts";
import type { StorePathEvidence } from "./platform-evidence.ts";
import { probeNames } from "./probe-directory.ts";

/** How systems say that there is no such operation here. Anything else that fails is a failure. */
const refusals: ReadonlySet<string> = new Set([
  "EINVAL",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
  "EPERM",
  "EISDIR",
  "EBADF",
  "EILSEQ",
  "EEXIST",
  "EMLINK",
]);

/** The longest name that Linux and its common filesystems take, and the layout uses. */
export const longestName = 255;

/** The facts that are found out in a directory of their own. */
type ProbedFacts = Omit<StorePathEvidence, "filesystem" | "storage" | "directorySync">;

/** Probes by the fact that they find, all in one directory, in which those before have left files. */
export const probes: {
  readonly [Fact in keyof ProbedFacts]: (
    directory: string,
  ) => Promise<Exclude<ProbedFacts[Fact], "unknown">>;
} = {
  async fileSync(directory) {
    const file = await open(join(directory, probeNames.file), "w");
    try {
      await file.writeFile("probe");
      return await syncAccepted(file);
    } finally {
      await file.close();
    }
  },
  async renameOver(directory) {
    const [file, other] = [join(directory, probeNames.file), join(directory, probeNames.other)];
    await writeFile(file, "old");
    await writeFile(other, "new");
    if (!(await accepted(rename(other, file)))) return "refused";
    const replaced = (await readFile(file, "utf8")) === "new";
    return replaced && (await unlessMissing(lstat(other))) === undefined ? "replaces" : "refused";
  },
  async noFollow(directory) {
    const path = join(directory, probeNames.symbolicLink);
    await writeFile(join(directory, probeNames.file), "");
    if (!(await accepted(symlink(probeNames.file, path)))) return "no-links";
    try {
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      await file.close();
      return "follows-links";
    } catch (error) {
      if (errnoOf(error) === "ELOOP") return "refuses-links";
      throw error;
    }
  },
  async hardLinks(directory) {
    const path = join(directory, probeNames.file);
    await writeFile(path, "");
    const made = await accepted(link(path, join(directory, probeNames.hardLink)));
    return made ? "made" : "refused";
  },
  async positionalReads(directory) {
    const path = join(directory, probeNames.file);
    await writeFile(path, "0123456789");
    const file = await open(path, "r");
    try {
      const read = async (position: number): Promise<string> => {
        const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, position);
        return Buffer.from(buffer.subarray(0, bytesRead)).toString("latin1");
      };
      const found = [await read(8), await read(2), await read(5), await read(10)];
      return found.join(" ") === "89 23 56 " ? "exact" : "wrong";
    } finally {
      await file.close();
    }
  },
  async fileTimes(directory) {
    const microseconds = 1_000_000_000_123_457;
    const path = join(directory, probeNames.file);
    await writeFile(path, "");
    const seconds = secondsOf(microseconds);
    await lutimes(path, seconds, seconds);
    const { mtimeNs } = await lstat(path, { bigint: true });
    return Number(mtimeNs / 1_000n) === microseconds ? "microseconds" : "coarse";
  },
  async nameBytes(directory) {
    let [fits, tooLong] = [0, longestName + 1];
    // The longest first, which is the answer nearly always; then by halves.
    for (let length = longestName; fits + 1 < tooLong; length = (fits + tooLong) >> 1) {
      if (await takesName(join(directory, probeNames.ofLength(length)))) fits = length;
      else tooLong = length;
    }
    return fits;
  },
  async letterCase(directory) {
    await writeFile(join(directory, probeNames.letters), "");
    return letterCaseOf(directory, probeNames.letters);
  },
  async unicode(directory) {
    const { composed, decomposed } = probeNames;
    if (!(await accepted(writeFile(join(directory, composed), "")))) return "refused";
    const other = await unlessMissing(lstat(join(directory, decomposed)));
    const isKept = (await readdir(directory)).includes(composed);
    return other === undefined && isKept ? "distinct" : "folded";
  },
};

/**
 * Whether a file's name in capitals is another file's, or none's. Two names are two files only if both
 * are listed: the numbers of files do not tell, since FUSE gives each name its own.
 */
export async function letterCaseOf(
  directory: string,
  name: string,
): Promise<"distinct" | "folded"> {
  const other = name.toUpperCase();
  if ((await unlessMissing(lstat(join(directory, other)))) === undefined) return "distinct";
  const names = await readdir(directory);
  return names.includes(name) && names.includes(other) ? "distinct" : "folded";
}

/** fsync(2): whether it is taken. */
export async function syncAccepted(file: FileHandle): Promise<"accepted" | "refused"> {
  return (await accepted(file.sync())) ? "accepted" : "refused";
}

async function takesName(path: string): Promise<boolean> {
  try {
    await writeFile(path, "");
  } catch (error) {
    if (errnoOf(error) === "ENAMETOOLONG") return false;
    throw error;
  }
  await unlink(path);
  return true;
}

async function accepted(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (refusals.has(errnoOf(error) ?? "")) return false;
    throw error;
  }
}
