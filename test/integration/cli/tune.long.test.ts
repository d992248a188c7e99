import { describe, expect, it } from 'vitest'
import { fixture, sandlot } from './run-sandlot.ts'

describe('sandlot tune', { timeout: 120_000 }, () => {
  it('counts failures of a function that does nothing else, and ends with 3', async () => {
    const counts = ['--runs', '1', '--cold', '20', '--warm', '20']
    const args = ['tune', fixture('fails.mjs'), '--memory', '1024,1769', ...counts]
    const { exitCode, stdout, stderr } = await sandlot(args)
    expect(exitCode).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/sandlot: 1024 MB: \d+ failed with TypeError/)
    expect(stderr).toMatch(/sandlot: 1769 MB: \d+ failed with TypeError/)
  })
})
