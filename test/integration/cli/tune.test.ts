import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { TuneResult } from '../../../cli/measure/results/tune-result.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { sandlot, start } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-tune-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HANDLERS = fileURLToPath(new URL('../../fixtures/handlers/tune', import.meta.url))

writeFileSync(
  join(folder, 'template.yaml'),
  `
Resources:
  hash:
    Type: AWS::Serverless::Function
    Metadata: { Sandlot: { PriceRegion: eu-west-1 } }
    Properties: { Handler: cpu-bound.handler, CodeUri: ${HANDLERS}, Timeout: 60 }
`,
)

describe('sandlot tune', { timeout: 120_000 }, () => {
  skipUnless(process.platform === 'linux', 'needs CPU to be limited, which it is on Linux only')

  it('measures sizes, finds the one with more CPU faster, and writes its reports', async () => {
    const json = join(folder, 'tune.json')
    const html = join(folder, 'tune.html')
    const counts = ['--runs', '1', '--cold', '20', '--warm', '20', '--seed', '5']
    const files = ['--json', json, '--html', html]
    const args = ['tune', 'hash', '-e', '{"rounds":1000}', '--memory', '256,1769', ...counts]
    const asserted = ['--assert', 'warm.p50<60s', '--assert', 'complete==true']
    const { exitCode, stdout } = await sandlot([...args, ...files, ...asserted], { cwd: folder })
    expect(exitCode).toBe(0)
    const result: TuneResult = JSON.parse(readFileSync(json, 'utf8'))
    expect(result).toMatchObject({
      schema: 'sandlot-tune',
      complete: true,
      seed: 5,
      target: 'hash',
      region: 'eu-west-1',
      settings: { runs: 1, coldPerRun: 20, warmPerRun: 20 },
      best: { fastest: 1_769 },
      recommended: { strategy: 'balanced', costWeight: 0.5 },
    })
    // Medians: on a busy machine single calls of the larger one may take longer.
    const [small, large] = result.sizes
    expect([small?.memorySizeMb, large?.memorySizeMb]).toEqual([256, 1_769])
    expect(large?.warmMs.value).toBeLessThan(small?.warmMs.value ?? 0)
    for (const { costPerMillion, failures, maxMemoryUsedMb, billedMeanMs } of result.sizes) {
      expect(costPerMillion.arm64.totalUsd).toBeLessThan(costPerMillion.x86_64.totalUsd)
      expect(failures).toEqual({})
      expect(billedMeanMs).toBeGreaterThan(0)
      expect(maxMemoryUsedMb).toBeGreaterThan(0)
    }
    expect(stdout).toMatch(/\n +256 .*\n1,769 .*fastest/)
    expect(stdout).toContain('● warm p50, ms')
    expect(stdout).toContain('eu-west-1, list prices of 2026-09-19')
    expect(stdout).toMatch(/holds +warm\.p50<60s/)
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('ends in order when it is interrupted', async () => {
    const counts = ['--runs', '10', '--cold', '20', '--warm', '20']
    const subprocess = start(['tune', 'hello', '--memory', '1024,1769', ...counts])
    await new Promise((resolve) => subprocess.stderr.once('data', resolve))
    subprocess.kill('SIGINT')
    const { exitCode } = await subprocess
    expect(exitCode).toBe(130)
  })
})

describe.concurrent('sandlot tune refuses', { timeout: 60_000 }, () => {
  it.each([
    [
      ['--warm', '19', '--cold', '19', '--cost-weight', '101', '--strategy', 'best'],
      '--cold 19: must be a whole number from 20 to 1000000; ' +
        '--warm 19: must be a whole number from 20 to 1000000; ' +
        "--strategy best: must be 'cost', 'speed' or 'balanced'; " +
        '--cost-weight 101: must be a whole number from 0 to 100 %',
    ],
    [['--memory', '128'], '--memory 128: a curve needs two sizes or more'],
    [
      ['--html', '/nowhere/at/all.html'],
      '--html /nowhere/at/all.html cannot be written: there is no such folder',
    ],
  ])('%j', async (options, message) => {
    const { exitCode, stdout, stderr } = await sandlot(['tune', 'hello', ...options])
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `sandlot: ${message}`,
    })
  })

  it('a region whose prices it does not know, before it measures anything', async () => {
    const { exitCode, stderr } = await sandlot(['tune', 'hello', '--region', 'mars-north-1'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^sandlot: No prices are known for region 'mars-north-1'\n +Known: /)
  })
})
