import { defineConfig } from 'vitest/config';

/** Tests that replace modules of Node, and so cannot share a process with others. */
const REPLACING = ['test/effects/file-system.node.test.ts'];

export default defineConfig({
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
          include: ['test/**/*.test.ts'],
          exclude: REPLACING,
          isolate: false, // A third of the time went into loading the same modules again.
        },
      },
    ],
  },
});
