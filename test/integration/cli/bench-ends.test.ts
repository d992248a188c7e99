import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../cli/measure/results/bench-result.ts'
import { start } from './run-sandlot.ts'
import { slowRepository, worktreesOf } from './slow-repository.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-ends-')))
afterAll(() => rmSync(folder, { recursive: true }))

const repository = (name: string): string => slowRepository(folder, name)

/** Of a process, by the kernel: the runs that it has started. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

const isRun = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('run-process')
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20)
}

const hasText = (path: string): boolean => existsSync(path) && readFileSync(path, 'utf8') !== ''

describe('sandlot bench', { timeout: 120_000 }, () => {
  it('reports what it has when it is interrupted, and leaves nothing behind', async (context) => {
    context.skip(process.platform !== 'linux', 'needs /proc, to see what runs')
    const cwd = repository('interrupted')
    const [json, samples] = [join(folder, 'interrupted.json'), join(folder, 'interrupted.ndjson')]
    const counts = ['--runs', '50', '--cold', '50', '--warm', '0']
    const files = ['--json', json, '--samples', samples]
    const subprocess = start(['bench', 'src/f.js', '--against', 'HEAD', ...counts, ...files], {
      cwd,
    })
    await until(() => hasText(samples))
    const runs = childrenOf(subprocess.pid ?? 0).filter(isRun)
    expect(worktreesOf(cwd)).toHaveLength(2)
    subprocess.kill('SIGINT')
    const { exitCode, stdout, stderr } = await subprocess
    expect(exitCode).toBe(130)
    expect(stdout).toMatch(/\n {3}cold \(1st\) +\d+/)
    expect(stderr).toContain('sandlot: Interrupted: this is what was measured until then')
    const result = JSON.parse(readFileSync(json, 'utf8')) as BenchResult
    expect(result).toMatchObject({ complete: false, endedBy: 'interruption' })
    expect(Math.max(...result.variants.map(({ series }) => series.cold.n))).toBeGreaterThan(0)
    expect(runs.filter(isRun)).toEqual([])
    expect(worktreesOf(cwd)).toHaveLength(1)
  })

  it('says so when it is interrupted before there is anything to report', async (context) => {
    context.skip(process.platform !== 'linux', 'needs /proc, to see what runs')
    const subprocess = start(['bench', 'hello'])
    await until(() => childrenOf(subprocess.pid ?? 0).some(isRun))
    subprocess.kill('SIGINT')
    const { exitCode, stdout, stderr } = await subprocess
    expect([exitCode, stdout]).toEqual([130, ''])
    expect(stderr.trim()).toBe('sandlot: Interrupted before anything was measured')
  })

  it('tells of a run whose process was killed', async (context) => {
    context.skip(process.platform !== 'linux', 'needs /proc, to find the process')
    const subprocess = start(['bench', 'hello'])
    const runs = () => childrenOf(subprocess.pid ?? 0).filter(isRun)
    await until(() => runs().length > 0)
    for (const pid of runs()) process.kill(pid, 'SIGKILL')
    const { exitCode, stderr } = await subprocess
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      'sandlot: The process of a run ended before its time (SIGKILL); it printed nothing',
    )
  })
})
