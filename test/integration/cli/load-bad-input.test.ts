import { describe, expect, it } from 'vitest'
import { fixture, sandlot } from './run-sandlot.ts'

/** The exact texts of all the others are in the unit tests. */
const CASES: readonly (readonly [string, readonly string[], string])[] = [
  [
    'two rates',
    [fixture('counter.mjs'), '--rate', '5', '--ramp', '1..5'],
    '--rate and --ramp: only one of them can say how many requests there are',
  ],
  [
    'a file that cannot be written',
    [fixture('counter.mjs'), '--csv', '/nowhere/at/all.csv'],
    '--csv /nowhere/at/all.csv cannot be written: there is no such folder',
  ],
  [
    'an endpoint where nobody is',
    ['f', '--endpoint', 'http://127.0.0.1:1'],
    'Nothing answers at http://127.0.0.1:1: ECONNREFUSED',
  ],
]

describe.concurrent('sandlot load refuses, before anything starts,', { timeout: 60_000 }, () => {
  it.each(CASES)('%s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await sandlot(['load', ...args])
    expect({ stdout, stderr: stderr.trimEnd() }).toEqual({
      stdout: '',
      stderr: `sandlot: ${message}`,
    })
    expect(exitCode).toBe(2)
  })
})
