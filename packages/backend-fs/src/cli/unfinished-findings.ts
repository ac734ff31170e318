/** What an open would finish or clear away, and whether it could: looked at, and left as it is. */

import { access, constants, realpath } from "node:fs/promises";
import { disk } from "../disk.ts";
import { DurableTree } from "../durable-tree.ts";
import { refuseForeignContents } from "../foreign-contents.ts";
import { errnoOf } from "../errno.ts";
import { fsError } from "../fs-error.ts";
import { readJournal } from "../journal/replay-journal.ts";
import { readIntent, refusedRestore } from "../restore-intent.ts";
import type { Findings } from "./findings.ts";

/** Why the next open of a store would be refused, as far as that lies in its own directories. */
export async function unfinishedFindings(
  root: string,
): Promise<Pick<Findings, "problems" | "unknown">> {
  const tree = new DurableTree(await realpath(root), disk, false);
  const problems: string[] = [];
  const unknown: string[] = [];
  const looks = [
    () => refuseForeignContents(tree, true),
    async () => {
      const intent = await readIntent(tree);
      if (intent === undefined || !(await mayWrite(tree.root))) return;
      const refusal = await refusedRestore(tree, intent);
      if (refusal !== undefined) problems.push(refusal.reason);
    },
    () => readJournal(tree),
  ];
  for (const look of looks) {
    try {
      await look();
    } catch (error) {
      const { code, reason, cause } = fsError(error, `look into ${root}`);
      // Somebody who has the store open has finished it meanwhile.
      if (errnoOf(cause) === "ENOENT") continue;
      const isUnknown = code === "permission_denied" || code === "unavailable";
      (isUnknown ? unknown : problems).push(reason);
    }
  }
  return { problems, unknown };
}

/** Whoever may not write to the root is not the one who opens the store: what is refused to them says nothing. */
function mayWrite(root: string): Promise<boolean> {
  return access(root, constants.W_OK).then(
    () => true,
    () => false,
  );
}
