import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { SimulateResult } from '../../../cli/measure/results/simulate-result.ts'
import { runOf, sandlot, start } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))
const inFolder = (name: string): string => join(folder, name)

const [instants, json, csv, html] = ['instants.csv', 'r.json', 'r.csv', 'r.html'].map(inFolder) as [
  string,
  string,
  string,
  string,
]
// Two at nearly the same time, one soon after, one long after.
writeFileSync(instants, '0\n500\n10000\n100000\n')

describe.concurrent('sandlot simulate', { timeout: 60_000 }, () => {
  it('has the figures that can be worked out by hand, in every form', async () => {
    const times = ['--cold-start', '1s', '--run-time', '100ms', '--memory', '1024']
    const files = ['--json', json, '--csv', csv, '--html', html]
    const { stdout, stderr, exitCode } = await sandlot(
      ['simulate', '--trace', instants, ...times, '--policy', 'fixed:1m,none', ...files],
      { env: { COLUMNS: '100' } },
    )
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    const result = JSON.parse(readFileSync(json, 'utf8')) as SimulateResult
    expect(result).toMatchObject({
      schema: 'sandlot-simulate',
      schemaVersion: 1,
      complete: true,
      workload: { functions: 1, planned: 4, durationMs: 101_000, skipped: [] },
      latency: { kind: 'given', text: 'cold starts of 1000 ms and runs of 100 ms, as given' },
      rules: { accountConcurrency: 1_000, memoryBudgetMb: null, rates: 'lambda' },
    })
    const [kept, none] = result.policies
    expect(kept).toMatchObject({ policy: 'fixed:1m', complete: true })
    expect(kept?.outcome).toMatchObject({
      simulatedMs: 101_100,
      arrived: 4,
      cold: 3,
      warm: 1,
      coldShare: 0.75,
      concurrency: { max: 2 },
      sandboxes: { max: 2, created: 3 },
      stops: { idle: 2 },
      throttles: {},
    })
    expect(kept?.outcome.latencyMs.cold.max).toBeCloseTo(1_100, 0)
    expect(kept?.outcome.latencyMs.warm.max).toBeCloseTo(100, 0)
    // Idle: one for its minute, the other for 8.4 s and then its minute.
    expect(kept?.outcome.memory.idleGbS).toBeCloseTo(60 + 8.4 + 60, 3)
    expect(kept?.outcome.memory.busyGbS).toBeCloseTo(0.4, 3)
    expect(kept?.outcome.memory.startingGbS).toBeCloseTo(3, 3)
    expect(kept?.cost.gbSeconds).toBeCloseTo(3 * 1.1 + 0.1, 6)
    expect(kept?.cost.totalUsd).toBeCloseTo(3.4 * 0.0000166667 + 4 * 0.0000002, 9)
    expect(none).toMatchObject({ policy: 'none', outcome: { cold: 4, coldShare: 1 } })
    expect(none?.outcome.memory.idleGbS).toBe(0)
    expect(stdout).toMatch(/^fixed:1m +4 +3 +75 % /m)
    expect(stdout).toMatch(/^none +4 +4 +100 % /m)
    expect(stdout).toMatch(/^fixed:1m .* 128 +1\.00 ×$/m)
    const report = stdout.split('\n').filter((line) => !line.includes(folder))
    expect(Math.max(...report.map(({ length }) => length))).toBeLessThanOrEqual(100)
    const rows = result.policies.reduce((sum, { outcome }) => sum + outcome.timeline.length, 0)
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(rows + 2)
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('tells what it has when it is interrupted, and shows that it goes on', async () => {
    const path = inFolder('interrupted.json')
    const rate = ['--rate', '1000', '--duration', '1h', '--run-time', '50ms']
    const run = start(['simulate', ...rate, '--policy', 'fixed:1m,hybrid', '--json', path])
    run.stderr?.once('data', () => run.kill('SIGINT'))
    const { exitCode, stdout, stderr } = runOf(await run)
    expect(stderr).toMatch(
      /^\d+ of 100 %, fixed:1m \(1 of 2\), [\d,]+ invocations\/s, about \d+ s left$/m,
    )
    expect(stderr).toMatch(/^sandlot: Interrupted: this is what was simulated until then$/m)
    expect(exitCode).toBe(130)
    const result = JSON.parse(readFileSync(path, 'utf8')) as SimulateResult
    expect(result.complete).toBe(false)
    expect(result.policies).toHaveLength(1)
    expect(result.policies[0]).toMatchObject({ policy: 'fixed:1m', complete: false })
    expect(result.policies[0]?.outcome.arrived).toBeLessThan(3_600_000)
    expect(stdout).toMatch(/^fixed:1m: only the first .* were simulated$/m)
  })

  it('begins nothing where the input is bad', async () => {
    const path = inFolder('never.html')
    const args = ['simulate', '--azure2021', inFolder('missing.csv'), '--html', path]
    const { exitCode, stdout, stderr } = await sandlot(args)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `sandlot: ${inFolder('missing.csv')} cannot be read: there is no such file`,
    })
    expect(existsSync(path)).toBe(false)
  })
})
