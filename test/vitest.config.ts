import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { SuiteReporter } from './support/suite-reporter.ts'

/** All tests but the long ones: `npm test`, or `npm test -- PATH` for some of them. */
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/*.long.test.ts'],
    globalSetup: ['test/support/run-folder.ts'],
    reporters: [new SuiteReporter()],
    // Most tests wait for processes, so even a small machine can run two files at once.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    // Ceilings, not expectations: machines may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    slowTestThreshold: 30_000,
    // What a test that passes prints is of no interest.
    silent: 'passed-only',
  },
})
