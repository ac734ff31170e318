/** Tests run from source, one project per package; reports/vitest.json holds the run's own counts. */

import { availableParallelism } from "node:os";
import { type TestProjectInlineConfiguration, defineConfig } from "vitest/config";

const projects: readonly TestProjectInlineConfiguration[] = [
  project("packages/sdk"),
  // Whole suites, several of them in some tests.
  project("packages/conformance", { testTimeout: 120_000 }),
  project("packages/backend-fs"),
  project("packages/backend-raft"),
  project("packages/testbed", { testTimeout: 120_000, hookTimeout: 1_200_000 }),
  project("examples/custom-backend"),
  project("examples/plain-backend"),
  project("examples/opentelemetry"),
  project("examples/raft-cluster"),
  project("bench", { testTimeout: 120_000 }),
  project("tests/house"),
  project("tests/docs", { testTimeout: 120_000 }),
  project("tests/packaging", {
    globalSetup: `${import.meta.dirname}/tests/packaging/pack-packages.ts`,
    testTimeout: 120_000,
  }),
];

export default defineConfig({
  test: {
    projects: [...projects],
    // vitest would leave one core to itself; but much of this waits for disks, servers and timers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", "json"],
    outputFile: { json: "reports/vitest.json" },
  },
});

function project(
  root: string,
  options: NonNullable<TestProjectInlineConfiguration["test"]> = {},
): TestProjectInlineConfiguration {
  // The source condition, and those that Node has: vite's "module" leads to files for bundlers only.
  const conditions = ["@engenho/source", "node", "development|production"];
  return {
    root,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name: root,
      include: ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**"],
      testTimeout: 20_000,
      // What is waited for is another process as a rule, on a machine that has others to do.
      expect: { poll: { timeout: 10_000 } },
      // For the processes that tests start: they run from source too.
      env: { NODE_OPTIONS: "--conditions=@engenho/source" },
      ...options,
    },
  };
}
