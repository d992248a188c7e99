import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../cli/measure/results/bench-result.ts'
import { sandlot } from './run-sandlot.ts'
import { SLOW, slowRepository, worktreesOf } from './slow-repository.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-builds-')))
afterAll(() => rmSync(folder, { recursive: true }))

const repository = (name: string): string => slowRepository(folder, name)

describe('sandlot bench', { timeout: 120_000 }, () => {
  it('measures what a git reference had against what lies here, and leaves nothing of it', async () => {
    const cwd = repository('against')
    const counts = ['--runs', '1', '--cold', '1', '--warm', '20', '--no-modules']
    const json = join(folder, 'against.json')
    const args = ['bench', 'src/f.js', '--against', 'HEAD', ...counts, '--json', json]
    const run = await sandlot(args, { cwd })
    expect([run.exitCode, run.stderr]).toEqual([0, expect.not.stringContaining('sandlot:')])
    const { variants } = JSON.parse(readFileSync(json, 'utf8')) as BenchResult
    expect(variants.map(({ label, build, failures }) => [label, build, failures])).toEqual([
      ['src/f.js, process, HEAD', 'HEAD', {}],
      ['src/f.js, process, here', null, {}],
    ])
    // The committed handler waits 100 ms, the one that lies here does not.
    const [slowMs = 0, fastMs = 0] = variants.map(({ series }) => series.warm.min ?? undefined)
    expect(slowMs).toBeGreaterThanOrEqual(99)
    expect(fastMs).toBeLessThan(slowMs)
    expect(worktreesOf(cwd)).toHaveLength(1)
  })

  it('takes a folder for another build, and finds a target by the same name in it', async () => {
    const [here, there] = [repository('here'), repository('there')]
    writeFileSync(join(there, 'src/f.js'), SLOW)
    const counts = ['--runs', '1', '--cold', '1', '--warm', '0', '--no-modules']
    const target = join(here, 'src/f.js')
    const args = ['bench', target, '--against', there, ...counts]
    const run = await sandlot([...args, '--json', '-'], { cwd: here })
    expect(run.exitCode).toBe(0)
    const { variants } = JSON.parse(run.stdout) as BenchResult
    expect(variants.map(({ build }) => build)).toEqual([there, null])
    expect(variants[0]?.series.second.min).toBeGreaterThanOrEqual(99)
    rmSync(join(there, 'src'), { recursive: true })
    const missing = await sandlot(args, { cwd: here })
    expect(missing.exitCode).toBe(2)
    expect(missing.stderr.trim()).toBe(
      `sandlot: --against ${there}: Handler file not found: src/f.js`,
    )
  })
})
