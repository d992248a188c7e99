import { mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

const MINUTES_MS = 60_000

/** The tests that take minutes, one file after the other so that none disturbs what another measures. */
const long = mergeConfig(base, {
  test: {
    maxWorkers: 1,
    testTimeout: 30 * MINUTES_MS,
    hookTimeout: 5 * MINUTES_MS,
    slowTestThreshold: 5 * MINUTES_MS,
    passWithNoTests: true,
  },
})
export default {
  ...long,
  // Not merged: lists would be joined.
  test: { ...long.test, include: ['test/**/*.long.test.ts'], exclude: [] },
}
