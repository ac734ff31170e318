/** Keeps download addresses out of the lockfile: everybody installs from the registry they have. */

const ADDRESS = /\bhttps?:\/\/\S+/;

/** One line for each line of pnpm-lock.yaml that names an address. */
export function lockfileProblems(text: string): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    const address = ADDRESS.exec(line)?.[0];
    return address === undefined
      ? []
      : [`pnpm-lock.yaml:${index + 1}: download address ${address}; the lockfile must have none`];
  });
}
