/** Keeps paths of one person's machine out of the repository. */

/** Where this checkout is and whose machine it is on. */
export interface Machine {
  readonly checkout: string;
  readonly home: string;
}

/** Where systems keep home directories, with the name that follows. */
const HOMES = String.raw`/(?:root|(?:home|Users)/\w[\w.-]*)/|[A-Za-z]:\\Users\\`;

/** A path begins a word: `https://example.org/home/x/` is none. */
const BEFORE = String.raw`(?<![\w./:\\-])`;

/** One line for each line of the file that names a home directory or this checkout. */
export function machinePathProblems(
  path: string,
  text: string,
  machine: Machine,
): readonly string[] {
  const own = [machine.checkout, machine.home]
    .filter(isTelling)
    .map((directory) => RegExp.escape(directory));
  const pattern = new RegExp(`${BEFORE}(?:${[...own, HOMES].join("|")})`);
  return text.split("\n").flatMap((line, index) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [`${path}:${index + 1}: path of one machine, ${found}`];
  });
}

/** A checkout at `/app` is no reason to forbid that word; one at `/srv/me/engenho` is. */
function isTelling(directory: string): boolean {
  return directory.split("/").length > 2;
}
