/** The settings of a new package: `package.json` and what TypeScript needs. */

import type { KitSpecifiers } from "./kit-source.ts";

/** What is tested with; a test holds them to the versions of this repository. */
export const toolVersions: Readonly<Record<string, string>> = {
  "@types/node": "24.19.2",
  typescript: "7.0.2",
  vitest: "5.1.1",
};

/** Its `package.json`. */
export function packageJson(name: string, kit: KitSpecifiers): object {
  const tools = Object.entries(toolVersions).map(([tool, version]) => [tool, `^${version}`]);
  return {
    name,
    version: "0.1.0",
    private: true,
    description: "A StoreBackend",
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist"],
    scripts: {
      build: "tsc -p tsconfig.build.json",
      check: "tsc",
      conformance: "conformance ./conformance.ts",
      prepack: "npm run build",
      test: "vitest run",
    },
    dependencies: { "@engenho/sdk": kit["@engenho/sdk"] },
    devDependencies: {
      "@engenho/conformance": kit["@engenho/conformance"],
      ...Object.fromEntries(tools),
    },
    engines: { node: ">=22.19" },
  };
}

/** For the check of everything: Node runs the sources as they are, which `erasableSyntaxOnly` keeps so. */
export const tsconfig: object = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    types: ["node"],
    module: "nodenext",
    noEmit: true,
    rewriteRelativeImportExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  },
  exclude: ["node_modules", "dist"],
};

/** For what is published. */
export const tsconfigBuild: object = {
  extends: "./tsconfig.json",
  compilerOptions: {
    noEmit: false,
    declaration: true,
    sourceMap: true,
    rootDir: "src",
    outDir: "dist",
  },
  include: ["src"],
};
