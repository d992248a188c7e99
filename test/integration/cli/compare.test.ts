import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BenchResult, Series, SeriesName } from '../../../cli/measure/results/bench-result.ts'
import type { LoadResult } from '../../../cli/measure/results/load-result.ts'
import { distributionOf } from '../../../cli/measure/statistics/histogram.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { sampleLoad } from '../../support/sample-load.ts'
import { sampleBench } from '../../support/sample-results.ts'
import { syntheticRuns } from '../../unit/cli/statistics/synthetic-runs.ts'
import { type RunOptions, sandlot as run } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Without the summary of a job that these tests may themselves be part of. */
const sandlot = (args: readonly string[], { env = {} }: RunOptions = {}) =>
  run(args, { env: { GITHUB_STEP_SUMMARY: '', ...env } })

function written(name: string, result: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof result === 'string' ? result : JSON.stringify(result))
  return path
}

const seriesOf = (runsMs: readonly (readonly number[])[]): Series => ({
  ...distributionOf(runsMs.flat()),
  p50Interval: null,
  p99Interval: null,
  p50OrderInterval: null,
  runsMs,
})

const SAMPLE = sampleBench({ runs: 1, coldPerRun: 1, warmPerRun: 1 })

/** As measured on two variants, the warm calls so many times as slow. */
function bench(seed: number, warmFactor = 1, labels = ['one, process', 'two, process']) {
  const random = seededRandom(seed)
  const series = (samples: number, medianMs: number): Series =>
    seriesOf(syntheticRuns({ runs: 6, samples, between: 0.01, within: 0.05, medianMs }, random))
  const variants = labels.map((label, index): BenchResult['variants'][number] => ({
    ...(SAMPLE.variants[0] as BenchResult['variants'][number]),
    id: 'AB'[index] as string,
    label,
    target: label.split(',')[0] as string,
    series: {
      cold: series(10, 80),
      second: seriesOf([]),
      tenth: seriesOf([]),
      warm: series(200, 2 * warmFactor),
    } satisfies Record<SeriesName, Series>,
  }))
  return { ...SAMPLE, variants }
}

const before = written('before.json', bench(1))
const after = written('after.json', bench(2, 1.2))
const like = written('like.json', bench(3))

describe.concurrent('sandlot compare', { timeout: 60_000 }, () => {
  it('says what became slower and what did not, with the ratio and its interval', async () => {
    const { exitCode, stdout, stderr } = await sandlot(['compare', before, after])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^A {2}\S*before\.json {2}2026-11-24 21:07, Sandlot \S+, Node v\S+\nB /)
    for (const label of ['one', 'two']) {
      expect(stdout).toContain(`B against A: ${label}, process\n`)
    }
    const ratio = '[\\d.]+ +[\\d.]+ to [\\d.]+ +-?[\\d.]+'
    const cold = new RegExp(`\ncold +p50 +[\\d.]+ +[\\d.]+ +${ratio} +no difference shown\n`)
    expect(stdout).toMatch(cold)
    expect(stdout).toMatch(/\nwarm +p50 +\d\.\d\d +\d\.\d\d +1\.[12]\d\d +1\..* slower\n/)
    expect(stdout).toMatch(/\nwarm +p99 .* slower\n/)
    expect(stdout).toContain('Smallest difference that matters: 5 %.')
    expect(stdout).toContain('were not measured side by\nside, so they are resampled apart')
    expect(stdout).not.toContain('\x1b')
    for (const line of stdout.split('\n').slice(2)) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('compares every further file with the first', async () => {
    const { exitCode, stdout } = await sandlot(['compare', before, like, after])
    expect(exitCode).toBe(0)
    expect(stdout.match(/^[BC] against A: .*$/gm)).toEqual([
      'B against A: one, process',
      'B against A: two, process',
      'C against A: one, process',
      'C against A: two, process',
    ])
  })

  it('takes another smallest difference, and keeps JSON apart from what is printed beside it', async () => {
    const options = ['--smallest-effect', '50%', '--json', '--assert', 'ratio(warm.p50)<1.5']
    const { exitCode, stdout, stderr } = await sandlot(['compare', before, after, ...options])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('holds  ratio(warm.p50)<1.5')
    const { smallestEffect, pairs, ...rest } = JSON.parse(stdout)
    expect(rest).toMatchObject({
      schema: 'sandlot-compare',
      schemaVersion: 1,
      kind: 'bench',
      files: [
        { id: 'A', path: before },
        { id: 'B', path: after },
      ],
      warnings: [],
      environmentDifferences: [],
      assertions: [{ text: 'ratio(warm.p50)<1.5', ok: true }],
    })
    expect(smallestEffect).toBe(0.5)
    expect(pairs).toHaveLength(2)
    for (const { verdict, ratio } of pairs.flatMap((pair: typeof pairs) => pair.comparisons)) {
      expect(verdict).toBe('no difference shown')
      expect(ratio.interval.low).toBeLessThan(ratio.value)
    }
  })

  it('compares the only variant of each file, whatever it is called', async () => {
    const one = written('one.json', bench(4, 1, ['old, process']))
    const other = written('other.json', bench(5, 1, ['new, thread']))
    const { stdout, stderr } = await sandlot(['compare', one, other])
    expect(stdout).toContain('B against A: old, process → new, thread\n')
    expect(stderr).toBe('')
  })

  it('says which variants only one file has, and what was measured differently', async () => {
    const result = bench(6, 1, ['one, process', 'three, process'])
    const environment = { ...result.environment, node: 'v24.1.0', cpu: 'Another', load: 1.7 }
    const other = written('elsewhere.json', { ...result, environment, complete: false })
    const { exitCode, stderr } = await sandlot(['compare', before, other])
    const { node, cpu } = result.environment
    expect(exitCode).toBe(0)
    expect(stderr.split('\n')).toEqual([
      `sandlot: ${other} is of a measurement that did not come to its end`,
      `sandlot: Only in ${before}, not compared: 'two, process'`,
      `sandlot: Only in ${other}, not compared: 'three, process'`,
      `sandlot: Not measured alike, CPU: 2 × ${cpu}; 2 × Another`,
      `sandlot: Not measured alike, Node: ${node}; v24.1.0`,
      'sandlot: Not measured alike, load before measuring: 0.31; 1.70',
    ])
  })

  it('checks assertions, ends with 6 when one fails, and reports them where asked', async () => {
    const [junit, summary] = [join(folder, 'junit.xml'), join(folder, 'summary.md')]
    const asserted = ['ratio(warm.p50)<1.1', 'B.cold.p50<1s', 'cold.p99<1s']
    const args = ['compare', before, after, '--junit', junit, '--assert', ...asserted]
    const { exitCode, stdout } = await sandlot(args, { env: { GITHUB_STEP_SUMMARY: summary } })
    expect(exitCode).toBe(6)
    expect(stdout).toMatch(
      /\nFAILS {2}ratio\(warm\.p50\)<1\.1 {2}measured B \(one, process\): 1\.\d+ \(/,
    )
    expect(stdout).toMatch(/\nholds {2}B\.cold\.p50<1s {8}B \(one, process\): \d/)
    expect(stdout).toMatch(/\nFAILS .*n too small: p99 needs 1,000 samples, there are 60/)
    expect(readFileSync(junit, 'utf8')).toContain('tests="3" failures="2"')
    expect(readFileSync(summary, 'utf8')).toContain('### Sandlot: assertions, 2 of 3 fail')
  })

  it('puts load tests side by side, without a verdict', async () => {
    const load = sampleLoad({ durationSeconds: 10 })
    const slower = sampleLoad({ durationSeconds: 12 })
    const paths = [written('load.json', load), written('slower.json', slower)]
    const args = ['compare', ...paths, '--assert', 'valid==true', 'ratio(answered.p50)<2']
    const { exitCode, stdout, stderr } = await sandlot(args)
    expect(exitCode).toBe(0)
    expect(stderr).toBe(`sandlot: The loads differ: ${load.workload.text}; ${slower.workload.text}`)
    expect(stdout).toMatch(/\nresponse, from the planned instant +p50 +\d+ +\d+ +[\d.]+\n/)
    expect(stdout).toMatch(/\nservice, from the send +p50 +\d+ +\d+ +[\d.]+\n/)
    expect(stdout).toMatch(new RegExp(`\nwarm +${countOf(load, 'warm')} +[\\d.]+ % +`))
    expect(stdout).toContain('so there is no interval and no verdict')
  })
})

const countOf = ({ outcomes }: LoadResult, name: string): string =>
  (outcomes.find(({ outcome }) => outcome === name)?.count ?? 0).toLocaleString('en-US')

describe.concurrent('sandlot compare, of what it cannot read', { timeout: 60_000 }, () => {
  const cases: Record<string, [args: readonly string[], stderr: string]> = {
    'a file that is not there': [
      [before, join(folder, 'none.json')],
      `sandlot: ${join(folder, 'none.json')} cannot be read: there is no such file`,
    ],
    'an assertion about something else': [
      [before, after, '--assert', 'valid==true'],
      `sandlot: --assert 'valid==true', at 'valid' (character 1): 'valid' is of load results, not of bench results
         Written as 'cold.p99<200ms' or 'ratio(warm.p50)<1.1': --help has all of it.`,
    ],
    'a smallest effect that is none': [
      [before, after, '--smallest-effect', '0.05%'],
      'sandlot: --smallest-effect 0.05%: must be a share from 0.1% to 100%, such as 5%',
    ],
    'a single file': [
      [before],
      'sandlot: There is one result only: name another one to compare it with',
    ],
  }

  it.each(Object.entries(cases))('refuses %s', async (_, [args, message]) => {
    const { exitCode, stdout, stderr } = await sandlot(['compare', ...args])
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: message })
  })
})
