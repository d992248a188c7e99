import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execaSync } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../cli/measure/results/bench-result.ts'
import { sandlot, start } from './run-sandlot.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sandlot-cli-bench-ends-')))
afterAll(() => rmSync(folder, { recursive: true }))

const SLOW = `const dep = require('dep')
exports.handler = () => new Promise((done) => setTimeout(done, 100, dep))
`

/** A repository whose last commit is slow, with a package that is not in it. What lies there is fast. */
function repository(name: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, 'src'), { recursive: true })
  mkdirSync(join(path, 'node_modules/dep'), { recursive: true })
  writeFileSync(join(path, 'node_modules/dep/index.js'), 'module.exports = 1\n')
  writeFileSync(join(path, '.gitignore'), 'node_modules\n')
  writeFileSync(join(path, 'src/f.js'), SLOW)
  const git = (...args: string[]) => execaSync('git', ['-C', path, ...args])
  git('init', '--quiet')
  git('add', '.')
  const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
  git(...author, 'commit', '--quiet', '--message', 'slow')
  writeFileSync(join(path, 'src/f.js'), SLOW.replace('100', '0'))
  return path
}

const worktreesOf = (path: string): string[] =>
  execaSync('git', ['-C', path, 'worktree', 'list']).stdout.split('\n')

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
