import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../cli/measure/results/bench-result.ts'
import { fixture, sandlot } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Sample {
  readonly variant: string
  readonly run: number
  readonly series: string
  readonly sandboxId: string
  readonly call: number
  readonly totalMs: number
  readonly initDurationMs: number | null
  readonly phasesUs: Readonly<Record<string, number>>
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8')

const samplesIn = (path: string): Sample[] =>
  read(path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample)

describe('sandlot bench', { timeout: 120_000 }, () => {
  it('measures every variant in runs of its own, in turns, and writes all that it saw', async () => {
    const [json, samples, csv, html] = ['r.json', 's.ndjson', 't.csv', 'r.html']
    const run = await sandlot([
      ...['bench', fixture('counter.mjs'), '--isolation', 'process,thread'],
      ...['--runs', '2', '--cold', '4', '--warm', '20', '--seed', '7'],
      ...['--json', join(folder, json), '--samples', join(folder, samples)],
      ...['--csv', join(folder, csv), '--html', join(folder, html)],
    ])
    expect(run.exitCode).toBe(0)
    const result = JSON.parse(read(json)) as BenchResult
    expect(result).toMatchObject({
      ...{ schema: 'sandlot-bench', schemaVersion: 2, complete: true, seed: 7, endedBy: 'runs' },
      settings: { runs: 2, coldPerRun: 2, warmPerRun: 10, untilCi: null, aa: false },
      environment: { node: process.version, nodeHash: expect.stringMatching(/^[0-9a-f]{12}$/) },
    })
    expect(result.variants.map(({ id, label }) => `${id} ${label}`)).toEqual([
      `A ${fixture('counter.mjs')}, process`,
      `B ${fixture('counter.mjs')}, thread`,
    ])
    for (const { series, failures, misclassified, warmUpCalls } of result.variants) {
      const { cold, second, tenth, warm } = series
      expect([cold, second, tenth, warm].map(({ n }) => n)).toEqual([4, 4, 4, 20])
      expect(cold.runsMs.map(({ length }) => length)).toEqual([2, 2])
      expect(cold).toMatchObject({ p50: null, p50Interval: null, max: expect.any(Number) })
      expect([failures, misclassified]).toEqual([{}, 0])
      expect(warmUpCalls).toBeGreaterThanOrEqual(20)
    }
    expectHonest(samplesIn(samples))
    expectInTurns(samplesIn(samples))
    expect(read(csv).trimEnd().split('\r\n')).toHaveLength(1 + 2 * 4)
    expect(read(html)).toMatch(/^<!doctype html>/i)
    expect(run.stdout).toContain(`The figures are in ${join(folder, json)}`)
  })

  it('measures the workloads with a store to work on', async () => {
    const counts = ['--runs', '1', '--cold', '1', '--warm', '0', '--no-modules', '--json', '-']
    const { exitCode, stdout } = await sandlot(['bench', '--workloads', ...counts])
    expect(exitCode).toBe(0)
    const { variants } = JSON.parse(stdout) as BenchResult
    const seen = variants.map(({ target, series, failures }) => [target, series.tenth.n, failures])
    expect(seen).toEqual(
      ['sleep', 'dynamic-html', 'upload', 'crud', 'thumbnail', 'compression'].map((target) => [
        target,
        1,
        {},
      ]),
    )
  })

  it('prints tables to standard output and its progress beside them', async () => {
    const counts = ['--runs', '1', '--cold', '20', '--warm', '20', '--seed', '3']
    const { exitCode, stdout, stderr } = await sandlot(['bench', 'hello', ...counts])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Sandlot \S+, Node v\S+, seed 3/)
    expect(stdout).toMatch(/\nA {2}hello, process {3}cold = [\d.]+ × warm\n/)
    expect(stdout).toMatch(/\n {3}cold \(1st\) +20 +[\d.,]+ +– +– +– +[\d.,]+ {3}[▁-█ ]+\n/)
    expect(stdout).toMatch(/\n {3}warm +20 +[\d.,]+ +– +– +– +[\d.,]+ /)
    expect(stdout).toContain('p50 needs 20, p90 needs 100, p99 needs 1,000')
    expect(stdout).toContain('1 run of each, on a fresh controller')
    expect(stdout).toMatch(/queued +spawned +booted +initialised +dispatched +ran +delivered/)
    expect(stdout).toMatch(
      /What initialising consists of.*\n.*\n.*\n {3}init code +[\d.]+\n {3}module load +[\d.]+/,
    )
    expect(stdout).toMatch(/A million warm invocations, .*\nA \$\d+\.\d\d/)
    expect(stdout).not.toContain('\x1b')
    // Below the heading, which names the machine at the length it has.
    const tables = stdout.slice(stdout.indexOf('\n\n'))
    for (const line of tables.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(stderr).toContain('1 of 1 runs')
  })

  it('gives standard output to the figures alone where they are to go there', async () => {
    const counts = ['--runs', '1', '--cold', '1', '--warm', '0', '--no-modules']
    const asserted = ['--assert', 'cold.count==1', '--assert', 'failed.count==0']
    const sizes = ['--memory', '128,256']
    const run = await sandlot(['bench', 'hello', ...counts, ...sizes, ...asserted, '--json', '-'])
    expect(run.exitCode).toBe(0)
    const { variants } = JSON.parse(run.stdout) as BenchResult
    expect(variants.map(({ label, memorySizeMb }) => [label, memorySizeMb])).toEqual([
      ['hello, process, 128 MB', 128],
      ['hello, process, 256 MB', 256],
    ])
    expect(variants.map(({ modules, series }) => [modules, series.warm.n])).toEqual([
      [[], 0],
      [[], 0],
    ])
    expect(run.stderr).toContain('A  hello, process, 128 MB')
    expect(run.stderr).toMatch(/holds +cold\.count==1/)
  })

  it('measures everything twice to see what it finds in that, until the most runs', async () => {
    const rule = ['--aa', '--until-ci', '0.1%', '--max-runs', '5', '--smallest-effect', '100%']
    const counts = ['--cold', '40', '--warm', '0', '--no-modules', '--isolation', 'thread']
    const { exitCode, stdout } = await sandlot(['bench', 'hello', ...rule, ...counts])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/ended by --max-runs 5: the widest interval of a median is ± [\d.]+ %/)
    expect(stdout).toContain('Every variant against itself')
    expect(stdout).toMatch(/\nB {2}hello, thread again\n {3}cold \(1st\) {2}p50 +[\d.]+ +\[/)
    expect(stdout).not.toMatch(/faster|slower/)
  })

  it('counts what fails apart, and ends with 3 when nothing else was seen', async () => {
    const counts = ['--runs', '1', '--cold', '2', '--warm', '2']
    const run = await sandlot(['bench', fixture('fails.mjs'), ...counts])
    expect(run.exitCode).toBe(3)
    // One that does not count, 2 × 10, ten to warm up and 2.
    expect(run.stdout).toMatch(/fails\.mjs, process: 33 failed with TypeError, not in the table/)
    expect(run.stdout).toMatch(/\n {3}cold \(1st\) +0 +– +– +– +– +–\n/)
  })

  it('fails on an assertion that does not hold', async () => {
    const counts = ['--runs', '1', '--cold', '1', '--warm', '0', '--no-modules']
    const run = await sandlot(['bench', 'hello', ...counts, '--assert', 'cold.max<1us'])
    expect(run.exitCode).toBe(6)
    expect(run.stdout).toMatch(/FAILS +cold\.max<1us/)
  })
})

/** What is called cold had a sandbox of its own and an init, and its phases are all of its time. */
function expectHonest(samples: readonly Sample[]): void {
  const cold = samples.filter(({ series }) => series === 'cold')
  expect(new Set(cold.map(({ sandboxId }) => sandboxId)).size).toBe(cold.length)
  for (const { series, call, initDurationMs, phasesUs, totalMs } of samples) {
    expect(initDurationMs !== null).toBe(call === 1)
    if (series === 'cold') {
      expect(call).toBe(1)
      const sumMs = Object.values(phasesUs).reduce((sum, us) => sum + us, 0) / 1_000
      expect(Math.abs(sumMs - totalMs)).toBeLessThanOrEqual(totalMs * 0.05)
    }
    if (series === 'warm') expect(call).toBeGreaterThan(20)
  }
}

/** Every block has one run of each variant, whole. */
function expectInTurns(samples: readonly Sample[]): void {
  const order = samples
    .map(({ variant, run }) => `${run}${variant}`)
    .filter((each, index, all) => each !== all[index - 1])
  expect(order).toHaveLength(4)
  expect(order.slice(0, 2).sort()).toEqual(['0A', '0B'])
  expect(order.slice(2).sort()).toEqual(['1A', '1B'])
}
