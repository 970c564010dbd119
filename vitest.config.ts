import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests that replace modules of Node, and so cannot share a process with others. */
const REPLACING = ['test/effects/file-system.node.test.ts'];

/** What does not depend on the version of Node, and takes long: CI has it on one of them. */
const ON_ONE_NODE = ['test/inspector/page*.test.ts', 'test/power/**', 'test/mutants/**'];
const leftOut = process.env['PARTWISE_OTHER_NODE'] === '1' ? ON_ONE_NODE : [];

/** Examples import the package by its name: here that is the source, not what was built of it. */
const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^partwise$/, replacement: source('index.ts') },
      { find: /^partwise\/machines$/, replacement: source('machines/index.ts') },
      { find: /^partwise\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    setupFiles: ['test/setup.ts'],
    projects: [
      { extends: true, test: { name: 'replacing', include: REPLACING } },
      {
        extends: true,
        test: {
          name: 'sharing',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...REPLACING, ...leftOut],
          isolate: false, // A third of the time went into loading the same modules again.
        },
      },
    ],
  },
});
