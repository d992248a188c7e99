import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fixture, sandlot, start } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Sample {
  readonly sequence: number
  readonly sandboxId: string
  readonly call: number
  readonly totalMs: number
  readonly initDurationMs: number | null
  readonly phasesUs: Readonly<Record<string, number>>
}

interface Section {
  readonly summaryMs: Readonly<Record<string, number | null>>
  readonly samples: readonly Sample[]
}

interface Bench {
  readonly complete: boolean
  readonly seed: number
  readonly environment: Readonly<Record<string, unknown>>
  readonly variants: readonly {
    readonly target: string
    readonly isolation: string
    readonly memorySizeMb: number
    readonly failures: Readonly<Record<string, number>>
    readonly misclassified: number
    readonly cold: Section
    readonly warm: Section
    readonly warmUp: Pick<Section, 'samples'>
  }[]
}

const read = (path: string): Bench => JSON.parse(readFileSync(path, 'utf8'))

describe.concurrent('sandlot bench', { timeout: 60_000 }, () => {
  it('measures every variant cold and warm, in turns, and writes all samples', async () => {
    const path = join(folder, 'result.json')
    const counts = ['--cold', '4', '--warm', '10', '--seed', '7']
    const targets = ['hello', fixture('counter.mjs')]
    const kinds = ['--isolation', 'process,thread']
    const run = await sandlot(['bench', ...targets, ...kinds, ...counts, '--json', path])
    expect(run.exitCode).toBe(0)
    const bench = read(path)
    expect(bench).toMatchObject({
      schema: 'sandlot-bench',
      schemaVersion: 1,
      complete: true,
      seed: 7,
      warmUpCalls: 10,
      environment: { node: process.version, cpuCount: expect.any(Number) },
    })
    expect(bench.variants.map(({ target, isolation }) => [target, isolation])).toEqual(
      targets.flatMap((target) => ['process', 'thread'].map((kind) => [target, kind])),
    )
    for (const { cold, warm, warmUp, failures, misclassified } of bench.variants) {
      expect([cold, warm, warmUp].map(({ samples }) => samples.length)).toEqual([4, 10, 41])
      expect(failures).toEqual({})
      expect(misclassified).toBe(0)
      expect(cold.summaryMs).toMatchObject({ n: 4, p50: null, max: expect.any(Number) })
      expect(new Set(cold.samples.map(({ sandboxId }) => sandboxId)).size).toBe(4)
      expect(cold.samples.every(({ call }) => call === 1)).toBe(true)
      expect(warm.samples.every(({ call }) => call > 11)).toBe(true)
      expect(cold.samples.every(({ initDurationMs }) => initDurationMs !== null)).toBe(true)
      expect(warm.samples.every(({ initDurationMs }) => initDurationMs === null)).toBe(true)
      for (const { phasesUs, totalMs } of cold.samples) {
        const sumMs = Object.values(phasesUs).reduce((sum, us) => sum + us, 0) / 1_000
        expect(Math.abs(sumMs - totalMs)).toBeLessThanOrEqual(totalMs * 0.05)
      }
    }
    const order = bench.variants
      .flatMap(({ cold }, variant) => cold.samples.map(({ sequence }) => ({ sequence, variant })))
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ variant }) => variant)
    for (let round = 0; round < 16; round += 4) {
      expect(order.slice(round, round + 4).sort()).toEqual([0, 1, 2, 3])
    }
  })

  it('prints tables to standard output and its progress beside them', async () => {
    const args = ['bench', 'hello', '--cold', '20', '--warm', '20', '--seed', '3']
    const { exitCode, stdout, stderr } = await sandlot(args)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Sandlot \S+, Node v\S+, seed 3\n\d+ × /)
    expect(stdout).toMatch(
      /\nhello +process +cold +20 +[\d.,]+ +– +– +[\d.,]+ +cold = \d+ × warm\n/,
    )
    expect(stdout).toMatch(/\n +warm +20 +[\d.,]+ +– +– +[\d.,]+\n/)
    expect(stdout).toContain('p50 needs 20, p90 needs 100, p99 needs 1,000')
    expect(stdout).toMatch(/function +sandbox +queued +spawned +booted +initialised/)
    expect(stdout).not.toContain('\x1b')
    // Below the heading, which names the machine at the length it has.
    for (const line of stdout.split('\n').slice(2)) expect(line.length).toBeLessThanOrEqual(100)
    expect(stderr).toMatch(/^3 of 21 cold starts/)
    expect(stderr).toContain('21 of 21 cold starts')
  })

  it('counts what fails apart, and ends with 3 when nothing else was seen', async () => {
    const targets = ['hello', fixture('fails.mjs')]
    const run = await sandlot(['bench', ...targets, '--cold', '2', '--warm', '2'])
    expect(run.exitCode).toBe(3)
    expect(run.stdout).toMatch(/fails\.mjs, process: 25 failed with TypeError, not in the table/)
    expect(run.stdout).toMatch(/fails\.mjs +process +cold +0 +– +– +– +–\n/)
  })

  it('tells sizes apart where there are several', async () => {
    const args = ['bench', 'hello', '--memory', '128,256', '--cold', '1', '--warm', '0']
    const { stdout } = await sandlot(args)
    expect(stdout).toContain('process 128 MB')
    expect(stdout).toContain('process 256 MB')
  })

  it('reports what it has when it is interrupted', async () => {
    const path = join(folder, 'interrupted.json')
    const subprocess = start(['bench', 'hello', '--cold', '500', '--warm', '0', '--json', path])
    await new Promise((resolve) => subprocess.stderr.once('data', resolve))
    subprocess.kill('SIGINT')
    const { exitCode, stdout, stderr } = await subprocess
    expect(exitCode).toBe(130)
    expect(stdout).toMatch(/hello +process +cold +\d+/)
    expect(stderr).toContain('sandlot: Interrupted: this is what was measured until then')
    const { complete, variants } = read(path)
    expect(complete).toBe(false)
    expect(variants[0]?.cold.samples.length).toBeLessThan(500)
  })
})
