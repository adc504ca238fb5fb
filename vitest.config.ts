import { defineConfig } from "vitest/config";

// Our own packages are read from their sources, not from what was built.
const conditions = ["source", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "examples/*/src/**/*.test.ts",
      "scripts/**/*.test.ts",
      "tests/**/*.test.ts",
    ],
    // The embedded engine lives once in a process: each test file gets a process of its own.
    pool: "forks",
    maxWorkers: 2,
    // Of the tests of a file that say they can run beside each other: more of them make a small machine slower.
    maxConcurrency: 2,
    testTimeout: 30_000,
    // A second, which is what it is without this, is not enough on a machine that has other things to do.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
  },
});
