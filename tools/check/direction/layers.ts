/** The direction of dependencies as data: which part of the repository may use which. */

/** A part of the repository: files that have the same rights. */
export interface Layer {
  readonly name: string;
  /** Matches the paths of its files; the first layer that matches has the file. */
  readonly files: RegExp;
  /** The layers of the same package that its files may import; its own always. */
  readonly uses: readonly string[];
  /** The packages of this workspace that its files may import. */
  readonly packages: readonly string[];
  /** Whether its files may use what only Node has. */
  readonly node: boolean;
}

const SDK = "@engenho/sdk";
const CONFORMANCE = "@engenho/conformance";
const TESTBED = "@engenho/testbed";

/** sdk: `contract ← reference ← codec ← adapters ← backend ← memory, stub`, on any JavaScript engine; sealed, tracing on Node. */
const contract = ["sdk/contract"];
const reference = [...contract, "sdk/reference"];
const codec = [...reference, "sdk/codec"];
const adapters = [...codec, "sdk/adapters"];
const backend = [...adapters, "sdk/backend"];
const everything = [...backend, "sdk/memory", "sdk/stub"];
/** Subpaths of their own, which the main entry may not import. */
const nodeOnly = ["sdk/sealed", "sdk/tracing"];

/** What the rest of conformance (command, vitest entry, mutants) builds on. */
const judging = ["conformance/requirements", "conformance/harness", "conformance/report"];

function sdkLayer(name: string, uses: readonly string[]): Layer {
  const files = new RegExp(`^packages/sdk/src/${name}/`);
  const layer = `sdk/${name}`;
  return { name: layer, files, uses, packages: [], node: nodeOnly.includes(layer) };
}

export const layers: readonly Layer[] = [
  sdkLayer("contract", []),
  sdkLayer("reference", contract),
  sdkLayer("codec", reference),
  sdkLayer("adapters", codec),
  sdkLayer("backend", adapters),
  sdkLayer("memory", backend),
  sdkLayer("stub", backend),
  sdkLayer("sealed", adapters),
  sdkLayer("tracing", reference),
  {
    name: "sdk",
    files: /^packages\/sdk\/src\/[^/]+$/,
    uses: everything,
    packages: [],
    node: false,
  },
  {
    name: "sdk tests",
    files: /^packages\/sdk\/(?!src\/)/,
    uses: ["sdk", ...everything, ...nodeOnly],
    packages: [SDK],
    node: true,
  },
  {
    // They judge through the contract alone, so that they can run wherever a backend can.
    name: "conformance/requirements",
    files: /^packages\/conformance\/src\/requirements\//,
    uses: ["conformance/harness"],
    packages: [SDK],
    node: false,
  },
  {
    name: "conformance/harness",
    files: /^packages\/conformance\/src\/harness\//,
    uses: ["conformance/requirements", "conformance/report"],
    packages: [SDK],
    node: true,
  },
  {
    name: "conformance/report",
    files: /^packages\/conformance\/src\/report\//,
    uses: ["conformance/requirements", "conformance/harness"],
    packages: [SDK],
    node: true,
  },
  {
    name: "conformance",
    files: /^packages\/conformance\/src\//,
    uses: judging,
    packages: [SDK],
    node: true,
  },
  {
    name: "conformance tests",
    files: /^packages\/conformance\//,
    uses: ["conformance", ...judging],
    packages: [SDK, CONFORMANCE],
    node: true,
  },
  {
    name: "testbed",
    files: /^packages\/testbed\/src\//,
    uses: [],
    packages: [],
    node: true,
  },
  {
    name: "testbed tests",
    files: /^packages\/testbed\//,
    uses: ["testbed"],
    packages: [TESTBED],
    node: true,
  },
  {
    name: "backend",
    files: /^packages\/backend-[^/]+\/src\//,
    uses: [],
    packages: [SDK],
    node: true,
  },
  {
    name: "backend tests",
    files: /^packages\/backend-[^/]+\//,
    uses: ["backend"],
    packages: [SDK, CONFORMANCE, TESTBED],
    node: true,
  },
];
